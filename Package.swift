// swift-tools-version: 6.2
import PackageDescription

/// `CREDITSYNC_CORE_ONLY=1 swift test` builds only the pure targets, in seconds: no SQLite, no
/// networking. `CREDITSYNC_CORE_ONLY=store` adds the store and the simulator. Give each a build
/// folder of its own (`--scratch-path .build-core`).
let coreOnly = Context.environment["CREDITSYNC_CORE_ONLY"]

/// `CREDITSYNC_FUZZ=1` adds the fuzzers, as `Deploy/fuzz` does. Only our own code is to count as
/// covered, so the flags stand here and not on the command line.
let isFuzzing = Context.environment["CREDITSYNC_FUZZ"] != nil
let fuzzFlags = ["-sanitize=address,fuzzer"]

let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (isFuzzing ? [.unsafeFlags(fuzzFlags)] : [])

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let bits = Target.Dependency.product(name: "BitCollections", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let lifecycle: [Target.Dependency] = [
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    .product(name: "UnixSignals", package: "swift-service-lifecycle"),
]
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let pure: [Target] = [
    .systemLibrary(name: "CDeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CNettle", providers: [.apt(["nettle-dev"])]),
    library("SyncCore", ["CNettle", crypto, bits]),
    library("WireFormat", ["SyncCore", "CDeflate"]),
    library("SyncSession", ["SyncCore"]),
    library("Records", ["SyncCore"]),
    library("Access", ["SyncCore"]),
    tests("SyncCoreTests", ["SyncCore"]),
    tests("WireFormatTests", ["WireFormat", "SyncCore", crypto]),
    tests("RecordsTests", ["Records", "SyncCore"]),
    tests("AccessTests", ["Access", "SyncCore"]),
    tests("TidyTests", []),
    .target(
        name: "FuzzEntry", dependencies: ["SyncCore", "WireFormat", "Records"],
        path: "Tests/Fuzz/Entry", swiftSettings: strict),
    .testTarget(
        name: "FuzzRegressionTests", dependencies: ["FuzzEntry"], path: "Tests/FuzzRegression",
        swiftSettings: strict),
]

/// With ``isFuzzing``: one for each folder of `Tests/Fuzz/Targets`, none of which has a main of its own.
let fuzzers: [Target] =
    [
        .target(
            name: "FuzzDriver", dependencies: ["FuzzEntry"], path: "Tests/Fuzz/Driver",
            swiftSettings: strict)
    ]
    + [
        "Addresses", "CBOR", "Change", "Entries", "Exchange", "Fields", "Fold", "JSON", "Names",
        "Proof", "Segment", "Sequence", "State",
    ].map { name in
        .executableTarget(
            name: "Fuzz\(name)",
            dependencies: ["FuzzDriver", "FuzzEntry"]
                + (["Addresses", "Sequence"].contains(name) ? ["FuzzStoreEntry"] : []),
            path: "Tests/Fuzz/Targets/\(name)", swiftSettings: strict,
            linkerSettings: [.unsafeFlags(fuzzFlags)])
    }

let storage: [Target] = [
    library("Store", ["SyncCore", "WireFormat", "SyncSession", "Records", grdb, sqlite]),
    .target(
        name: "LogWriting", dependencies: ["SyncCore", "WireFormat"], path: "Tests/LogWriting",
        swiftSettings: strict),
    .target(
        name: "ProtocolDocument", path: "Tests/ProtocolDocument", swiftSettings: strict),
    tests(
        "StoreTests",
        ["Store", "SyncCore", "WireFormat", "SyncSession", "Records", "LogWriting", grdb]),
    library("FaultyDisk", [sqlite]),
    .testTarget(
        name: "StorageFaultTests",
        dependencies: [
            "FaultyDisk", "Store", "SyncCore", "WireFormat", "SyncSession", "Records", grdb,
        ], path: "Tests/StorageFaults", swiftSettings: strict),
    tests(
        "ProtocolTests",
        [
            "Store", "SyncCore", "WireFormat", "SyncSession", "Records", "Access", "LogWriting",
            "ProtocolDocument", grdb,
        ]),
    // Not part of the shipped program. The reference model imports nothing: it shares no code with
    // what it judges.
    library("ReferenceModel", []),
    library(
        "Simulation",
        [
            "ReferenceModel", "FaultyDisk", "Store", "SyncCore", "WireFormat", "SyncSession",
            "Records", "Access", "LogWriting",
        ]),
    .executableTarget(name: "simulate", dependencies: ["Simulation"], swiftSettings: strict),
    .target(
        name: "FuzzStoreEntry",
        dependencies: [
            "FuzzEntry", "Simulation", "Store", "SyncCore", "WireFormat", "Records",
        ], path: "Tests/Fuzz/StoreEntry", swiftSettings: strict),
    .testTarget(
        name: "FuzzStoreRegressionTests",
        dependencies: ["FuzzEntry", "FuzzStoreEntry", "SyncCore"],
        path: "Tests/FuzzStoreRegression", swiftSettings: strict),
    tests("SimulationTests", ["Simulation", "Store", "SyncCore", "SyncSession"]),
]

let full: [Target] = [
    library("BoundedHTTP", ["Access", hummingbirdCore, logging] + nio),
    tests(
        "BoundedHTTPTests",
        [
            "BoundedHTTP", "SyncHTTP", "SyncCore", "WireFormat", "Access", "ProtocolDocument",
            hummingbird,
            hummingbirdCore, httpTypes, logging,
        ] + nio + lifecycle),
    library(
        "SyncHTTP",
        [
            "SyncCore", "WireFormat", "SyncSession", "Access", "BoundedHTTP", logging, hummingbird,
            httpClient,
            httpTypes,
        ] + nio),
    library(
        "Service",
        [
            "SyncCore", "WireFormat", "SyncSession", "Records", "Access", "Store", "SyncHTTP",
            "BoundedHTTP", logging, hummingbird, httpTypes,
        ] + nio + lifecycle),
    library(
        "ReviewSite",
        [
            "SyncCore", "Records", "Store", "Service", hummingbird, httpTypes, logging, mustache,
        ] + nio),
    tests(
        "ServiceTests",
        [
            "Service", "Store", "Records", "SyncCore", "WireFormat", hummingbird, httpTypes,
            logging,
        ]),
    tests(
        "ReviewSiteTests",
        [
            "ReviewSite", "Service", "Store", "Records", "SyncCore", "WireFormat", hummingbird,
            httpTypes, logging,
        ]),
    library("APIClient", ["Records", httpClient, httpTypes] + nio),
    library("Rehearsal", ["APIClient", "Records", httpTypes] + nio),
    .systemLibrary(name: "CMalloc"),
    .executableTarget(
        name: "creditsync",
        dependencies: [
            "SyncCore", "Records", "Store", "Service", "ReviewSite", "APIClient", "Rehearsal",
            "BoundedHTTP", "CMalloc", arguments, logging, hummingbird, httpTypes,
        ] + nio + lifecycle,
        swiftSettings: strict),
    // Not part of the shipped program: it runs that as real processes.
    .executableTarget(
        name: "soak",
        dependencies: [
            "Rehearsal", "APIClient", "Records", "SyncSession",
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        ], swiftSettings: strict),
    .executableTarget(
        name: "bench",
        dependencies: [
            "Rehearsal", "APIClient", "Records", "Service", "Store", "SyncSession", "SyncCore",
            "WireFormat", httpTypes, logging, sqlite,
        ], swiftSettings: strict),
    // Depends on the program so that it is built before it is run.
    tests(
        "EndToEndTests",
        [
            "creditsync", "Rehearsal", "APIClient", "Records", "SyncCore", "WireFormat",
            "SyncSession",
            "LogWriting", "ProtocolDocument", grdb,
        ]),
]

let coreDependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
]

let storageDependencies: [Package.Dependency] = [
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0")
]

let fullDependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
]

let package = Package(
    name: "creditsync",
    dependencies: coreDependencies
        + (coreOnly == nil || coreOnly == "store" ? storageDependencies : [])
        + (coreOnly == nil ? fullDependencies : []),
    targets: pure + (isFuzzing ? fuzzers : [])
        + (coreOnly == nil || coreOnly == "store" ? storage : [])
        + (coreOnly == nil ? full : [])
)
