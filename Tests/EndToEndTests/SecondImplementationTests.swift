import APIClient
import Foundation
import Records
import Rehearsal
import SyncSession
import Testing

extension EndToEnd {
    /// `Protocol/reference`, written in Python from the protocol's document alone, against the
    /// service: what one wrote must mean the same to the other.
    @Suite("Second implementation", .enabled(if: Reference.python != nil, Reference.missing))
    struct SecondImplementation {
        @Test func `A thousand random edits of both end in equal states and conflicts`()
            async throws
        {
            try await Province.with(counties: 2) { province in
                let reference = try await Reference(province)
                province.up()
                for round in 1...4 {
                    let seed = UInt64(round)
                    async let theirs = reference.run(
                        "random", ["--edits", "125", "--seed", "\(seed)"])
                    try await together(Array(province.counties.enumerated())) { index, county in
                        var random = SplitMix64(seed: seed * 10 + UInt64(index))
                        try await county.makeRandomEdits(63, &random)
                    }
                    let report = try await theirs
                    #expect(report["sent"]?.integer ?? 0 > 0)
                }
                try await province.settle()
                _ = try await reference.run("sync")
                try await province.settle()
                try await province.expectConverged()

                let mine = try await reference.run("state", ["--conflicts"])
                let states = try await province.hub.get("/api/v1/state").json["scopes"]?.array ?? []
                let hub = states.first { $0["scope"] == "province" }
                #expect(mine["scopes"]?[0] == hub)
                let conflicts = try await province.hub.allConflicts()
                #expect(!conflicts.isEmpty, "edits of both met nowhere")
                #expect(
                    mine["conflicts"]?.array?.compactMap { $0["name"]?.string }.sorted()
                        == conflicts)
            }
        }

        @Test func `It checks exported logs, and finds a byte that was changed`() async throws {
            try await Province.with(counties: 1) { province in
                let reference = try await Reference(province)
                province.up()
                for index in 1...3 { _ = try await province.counties[0].addSupplier(index) }
                try await province.settle()
                var files: [String] = []
                for log in try await province.hub.logs() {
                    let file = province.folder + "/log-\(files.count)"
                    let ending = try await EndToEnd.program.end(of: [
                        "inspect", log.name, "--export", file, "--data", province.hub.folder,
                    ])
                    #expect(ending.status == 0, "\(ending.errors)")
                    files.append(file)
                }
                let sound = try await reference.end("verify", files)
                #expect(sound.status == 0, "\(sound.errors)")
                #expect(sound.output.split(separator: "\n").count == files.count)

                let last = try #require(files.last)
                var bytes = try #require(FileManager.default.contents(atPath: last))
                bytes[bytes.count - 1] ^= 1
                try bytes.write(to: URL(fileURLWithPath: last))
                #expect(try await reference.end("verify", files).status == 1)
            }
        }
    }
}

/// The Python program as a node of its own, registered at a province's hub.
private struct Reference {
    let folder: String
    let options: [String]

    static let missing: Comment =
        "no Python with the package 'cryptography': Deploy/test makes one in .build-python"

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The interpreter that Deploy/test sets up, or the system's if it has what is needed.
    static let python: Program? = {
        let own = root.appendingPathComponent(".build-python/bin/python3").path
        for path in [own, "/usr/bin/python3", "/usr/local/bin/python3"] {
            let test = Process()
            test.executableURL = URL(fileURLWithPath: path)
            test.arguments = ["-c", "import cryptography"]
            test.standardError = FileHandle.nullDevice
            guard (try? test.run()) != nil else { continue }
            test.waitUntilExit()
            if test.terminationStatus == 0 { return Program(path: path) }
        }
        return nil
    }()

    init(_ province: Province) async throws {
        let name = "632523-09"
        folder = province.folder
        let secret = folder + "/reference.key"
        options = [
            "--hub", "http://127.0.0.1:\(province.syncPort)", "--hub-node", "630000-hub",
            "--hub-key", province.hubKey, "--node", name, "--secret-file", secret, "--store",
            folder + "/reference.store", "--scope", "province",
        ]
        let made = try await end("keygen")
        try await province.hub.post(
            "/api/v1/records/node", as: "admin",
            [
                "node": .string(name),
                "publicKey": .string(made.output.trimmingCharacters(in: .whitespacesAndNewlines)),
                "scopes": ["province"], "title": "县",
            ])
    }

    func end(_ command: String, _ more: [String] = []) async throws -> Program.Ending {
        let python = try #require(Self.python)
        let program = Self.root.appendingPathComponent("Protocol/reference").path
        return try await python.end(of: [program, command] + more + options)
    }

    func run(_ command: String, _ more: [String] = []) async throws -> JSON {
        let ending = try await end(command, more)
        #expect(ending.status == 0, "\(command): \(ending.errors)")
        return JSON(decoding: Array(ending.output.utf8)) ?? .null
    }
}

extension NodeProcess {
    /// Creates and edits suppliers through the API; what is stale or in dispute is refused, as it
    /// would be at a form, or kept beside what came.
    fileprivate func makeRandomEdits(_ count: Int, _ random: inout SplitMix64) async throws {
        let records = "/api/v1/records/supplier"
        for index in 0..<count {
            let page = try await get(records + "?limit=200").json["records"]?.array ?? []
            guard page.count > 3, Int.random(in: 0..<5, using: &random) > 0,
                let id = page.randomElement(using: &random)?["id"]?.string
            else {
                let name = "虚构公司 \(name) \(index) \(random.next() % 1000)"
                try await post(records, as: "jb01", ["name": .string(name)])
                continue
            }
            let token = try await get(records + "/\(id)").token ?? ""
            let fields: [JSON] = [
                ["contactPhone": .string("0974-\(random.next() % 1_000_000)")],
                ["name": .string("改名 \(random.next() % 1000)")],
                ["categories": ["CATERING", "SECURITY"]],
            ]
            let answer = try await ask(
                "PATCH", records + "/\(id)?keepBoth=true&reason=x", as: "jb01", token: token,
                fields.randomElement(using: &random))
            #expect([200, 409].contains(answer.status), "\(answer.status) \(answer.json)")
        }
    }

    fileprivate func allConflicts() async throws -> [String] {
        var names: [String] = []
        var cursor = ""
        while true {
            let page = try await get("/api/v1/conflicts?limit=500" + cursor).json
            names += (page["conflicts"]?.array ?? []).compactMap { $0["name"]?.string }
            guard let next = page["next"]?.string else { return names.sorted() }
            cursor = "&cursor=\(next.queryEscaped)"
        }
    }
}
