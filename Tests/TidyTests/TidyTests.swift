import Foundation
import Testing

/// The house rules that a machine can check.
struct TidyTests {
    /// Which targets each may import. Arrows point down only.
    private static let arrows: [String: Set<String>] = {
        var arrows: [String: Set<String>] = ["CNettle": [], "CDeflate": [], "CMalloc": []]
        arrows["SyncCore"] = ["CNettle"]
        arrows["WireFormat"] = ["SyncCore", "CDeflate"]
        for name in ["SyncSession", "Records", "Access"] { arrows[name] = ["SyncCore"] }
        let pure: Set = ["SyncCore", "WireFormat", "SyncSession", "Records", "Access"]
        arrows["Store"] = pure
        arrows["BoundedHTTP"] = ["Access"]
        arrows["SyncHTTP"] = pure.union(["BoundedHTTP"])
        arrows["Service"] = pure.union(["Store", "SyncHTTP", "BoundedHTTP"])
        arrows["ReviewSite"] = pure.union(["Store", "Service"])
        arrows["APIClient"] = ["Records"]
        arrows["Rehearsal"] = ["APIClient", "Records"]
        arrows["creditsync"] = pure.union([
            "Store", "Service", "ReviewSite", "APIClient", "Rehearsal", "BoundedHTTP", "CMalloc",
        ])
        // Not part of the shipped program: nothing of that imports them.
        arrows["ReferenceModel"] = []
        arrows["FaultyDisk"] = []
        arrows["Simulation"] = pure.union(["Store", "ReferenceModel", "FaultyDisk"])
        arrows["simulate"] = ["Simulation"]
        arrows["soak"] = ["Rehearsal", "APIClient", "Records", "SyncSession"]
        arrows["bench"] = [
            "Rehearsal", "APIClient", "Records", "Service", "Store", "SyncSession", "SyncCore",
            "WireFormat",
        ]
        return arrows
    }()

    private static let sources = SourceTree.files(in: "Sources")

    @Test func `every target's arrows are written down`() {
        #expect(Set(Self.sources.map(\.target)).isSubset(of: Self.arrows.keys))
        #expect(Self.sources.count > 50, "the sources were not found")
    }

    @Test func `arrows point down only`() {
        let own = Set(Self.arrows.keys)
        for file in Self.sources {
            let allowed = Self.arrows[file.target] ?? []
            for name in file.imports where own.contains(name) {
                #expect(allowed.contains(name), "\(file) must not import \(name)")
            }
        }
    }

    @Test func `pure targets import no networking, no database and no logging`() {
        let pure: Set = ["SyncCore", "WireFormat", "SyncSession", "Records", "Access"]
        let forbidden: Set = [
            "GRDB", "SQLite3", "NIOCore", "NIOPosix", "Hummingbird", "AsyncHTTPClient", "Logging",
            "HTTPTypes",
        ]
        for file in Self.sources where pure.contains(file.target) {
            #expect(forbidden.isDisjoint(with: file.imports), "\(file)")
        }
    }

    @Test func `only the store knows SQL`() {
        for file in Self.sources where file.target != "Store" {
            #expect(!file.imports.contains("GRDB"), "\(file)")
        }
    }

    @Test func `a file holds one concept, so at most 400 lines`() {
        for file in Self.sources where !file.path.contains("/Data/") {
            #expect(file.lines.count <= 400, "\(file) has \(file.lines.count)")
        }
    }

    @Test func `nothing is left for later in the sources`() {
        // Spelt apart, so that this file does not find itself.
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
        for file in Self.sources {
            for (number, line) in file.lines.enumerated() {
                for word in words where line.contains(word) {
                    Issue.record("\(file):\(number + 1) \(word)")
                }
            }
        }
    }

    @Test func `the product names no path of a machine`() {
        for file in Self.sources + SourceTree.files(in: "Tests") {
            for (number, line) in file.lines.enumerated() {
                #expect(
                    !line.contains("../" + "shared") && !line.contains("/wo" + "rk/main"),
                    "\(file):\(number + 1)")
            }
        }
    }
}
