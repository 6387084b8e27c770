import APIClient
import Foundation
import Records
import Rehearsal
import Testing

extension EndToEnd {
    @Suite("The command line")
    struct Commands {
        /// `--json` output of a command that must succeed.
        private func json(_ arguments: [String], _ folder: String) async throws -> JSON {
            let ending = try await EndToEnd.program.end(
                of: arguments + ["--data", folder, "--json"])
            #expect(ending.status == 0, "\(arguments): \(ending.errors)")
            return try #require(JSON(decoding: Array(ending.output.utf8)))
        }

        @Test func `The same commands work with the service and without`() async throws {
            try await Province.with(counties: 1) { province in
                let county = province.counties[0]
                province.up()
                var count: Int64 = 0
                for isRunning in [true, false] {
                    if !isRunning { try await county.stop() }
                    let code = FictionalSupplier.code(index: isRunning ? 1 : 2).code
                    let made = try await json(
                        ["supplier", "add", "name=示例公司", "uscc=\(code)", "--as", "jb01"],
                        county.folder)
                    let id = try #require(made["id"]?.string)
                    _ = try await json(
                        ["supplier", "edit", id, "contactPhone=0974-1", "--as", "jb01"],
                        county.folder)
                    count += 2
                    let shown = try await json(["supplier", "show", id], county.folder)
                    #expect(shown["record"]?["values"]?["contactPhone"] == "0974-1")
                    #expect(shown["history"]?.array?.count == 2)
                    let found = try await json(
                        ["supplier", "list", "--query", "示例"], county.folder)
                    #expect(found["records"]?.array?.isEmpty == false)
                    let synced = try await json(["sync"], county.folder)
                    #expect(synced["pendingUpload"] == 0)
                    #expect(try await province.hub.changes(of: county) == Int(count))
                    #expect(
                        try await json(["conflict", "list"], county.folder)["conflicts"] == [])
                    #expect(try await json(["verify"], county.folder)["sound"] == true)
                    #expect(try await json(["rebuild"], county.folder)["unchanged"] == true)
                    #expect(try await json(["status"], county.folder)["pendingUpload"] == 0)
                    let logs = try await json(["inspect"], county.folder)["logs"]?.array ?? []
                    let log = try #require(
                        logs.compactMap { $0["log"]?.string }
                            .first { $0.hasPrefix(county.name) })
                    let text = try await EndToEnd.program.end(
                        of: ["inspect", log, "--data", county.folder])
                    #expect(text.status == 0, "\(text.errors)")
                    #expect(!text.output.isEmpty)
                    let file = province.folder + "/\(isRunning).cborseq"
                    let exported = try await json(
                        ["inspect", log, "--export", file], county.folder)
                    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
                    #expect(exported["bytes"] == .integer(Int64(bytes.count)))
                    // A byte string of CBOR: the first segment.
                    #expect(bytes.first.map { $0 >> 5 } == 2)
                    let again = try await EndToEnd.program.end(
                        of: ["inspect", log, "--export", file, "--data", county.folder])
                    #expect(again.status == 1 && again.errors.contains("exists"))
                }
            }
        }

        @Test func `Each failure has its exit code and says what to do`() async throws {
            try await Province.with(counties: 1) { province in
                let county = province.counties[0]
                func expect(
                    _ status: Int32, _ arguments: [String], says words: String
                ) async throws {
                    let ending = try await EndToEnd.program.end(of: arguments)
                    #expect(ending.status == status, "\(arguments): \(ending.errors)")
                    #expect(ending.errors.contains(words), "\(arguments): \(ending.errors)")
                }
                let nowhere = province.folder + "/nowhere"
                for command in [
                    ["status"], ["sync"], ["verify"], ["rebuild"], ["inspect"], ["serve"],
                    ["repair"], ["supplier", "list"], ["conflict", "list"], ["node", "list"],
                ] {
                    try await expect(10, command + ["--data", nowhere], says: "creditsync init")
                }
                #expect(!FileManager.default.fileExists(atPath: nowhere))
                try await expect(
                    11, ["serve", "--data", county.folder, "--listen", "127.0.0.1:0"],
                    says: "already runs")
                try await expect(
                    11,
                    [
                        "init", "--role", "hub", "--province", "630000", "--node", "x", "--data",
                        county.folder,
                    ], says: "in use")
                #expect(try await county.get("/readyz").status == 200)
                try await expect(13, ["sync", "--data", county.folder], says: "not synced")
                try await county.stop()
                try await expect(13, ["sync", "--data", county.folder], says: "not synced")
                for host in ["0.0.0.0", "::", "10.0.0.1", "example.org"] {
                    try await expect(
                        1, ["serve", "--data", county.folder, "--listen", "\(host):0"],
                        says: "loopback")
                }
                try await expect(64, ["serve", "--listen", "nonsense"], says: "HOST:PORT")
                try await expect(
                    1, ["supplier", "add", "uscc=1", "--as", "jb01", "--data", county.folder],
                    says: "uscc")
                // None of these left the folder locked.
                try await county.start()
            }
        }
    }
}
