import APIClient
import Foundation
import GRDB
import Records
import Rehearsal
import Testing

extension EndToEnd {
    @Suite("Damaged segments")
    struct Repair {
        /// Two counties and a hub that hold the same, in several segments of several logs.
        private func with(_ body: (Province) async throws -> Void) async throws {
            try await Province.with(counties: 2) { province in
                province.up()
                for round in 0..<3 {
                    for (index, county) in province.counties.enumerated() {
                        _ = try await county.addSupplier(round * 2 + index)
                        try await county.addLogs(3)
                    }
                    try await province.settle()
                }
                try await body(province)
            }
        }

        /// A bit of every segment of a node that is not running.
        private func damage(_ node: NodeProcess, and sql: String = "") async throws {
            let database = try DatabaseQueue(path: node.folder + "/node.sqlite")
            try await database.write { db in
                try db.execute(sql: sql)
                for row in try Row.fetchAll(db, sql: "SELECT key, encoded FROM segment") {
                    var bytes: Data = row[1]
                    bytes[bytes.count / 2] ^= 16
                    try db.execute(
                        sql: "UPDATE segment SET encoded = ? WHERE key = ?",
                        arguments: [bytes, row[0] as Int64])
                }
            }
            try database.close()
        }

        /// The first page of a table, so that SQLite itself cannot read it.
        private func overwritePage(of table: String, at node: NodeProcess) async throws {
            let path = node.folder + "/node.sqlite"
            let database = try DatabaseQueue(path: path)
            let place = try await database.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                return try Int.fetchOne(
                    db,
                    sql: """
                        SELECT (rootpage - 1) * page_size FROM sqlite_schema, pragma_page_size
                        WHERE name = ?
                        """, arguments: [table])
            }
            try database.close()
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.seek(toOffset: UInt64(try #require(place)))
            try handle.write(contentsOf: Data(repeating: 0xAA, count: 64))
            try handle.close()
        }

        private func run(
            _ arguments: [String], at node: NodeProcess, ends status: Int32 = 0
        ) async throws -> (json: JSON, errors: String) {
            let ending = try await EndToEnd.program.end(
                of: arguments + ["--data", node.folder, "--json"])
            #expect(ending.status == status, "\(arguments): \(ending.errors)")
            return (JSON(decoding: Array(ending.output.utf8)) ?? .null, ending.errors)
        }

        private func exports(
            _ logs: [JSON], from other: NodeProcess, to folder: String
        ) async throws -> [String] {
            var files: [String] = []
            for log in logs.compactMap(\.string) {
                let file = "\(folder)/\(UUID()).cborseq"
                _ = try await run(["inspect", log, "--export", file], at: other)
                files.append(file)
            }
            return files
        }

        @Test(arguments: [true, false])
        func `A county gets them back from the hub`(isRunning: Bool) async throws {
            try await with { province in
                let county = province.counties[0]
                try await county.stop()
                let isProjectionRight = isRunning
                let sql = "DELETE FROM natural_key; DELETE FROM member"
                try await damage(county, and: isProjectionRight ? "" : sql)
                if isRunning { try await county.start() }
                let found = try await run(["verify"], at: county, ends: 1)
                #expect(found.json["sound"] == false)
                #expect(found.errors.contains(county.name))
                #expect(found.errors.contains("creditsync repair"))
                if isRunning {
                    #expect(try await county.status()["damage"]?.string != nil)
                    #expect(try await county.status()["damage_zh"]?.string != nil)
                }

                // Without a line it says what else to do, and leaves everything as it is.
                province.down()
                let alone = try await run(["repair"], at: county, ends: 13)
                #expect(alone.json["segments"] == 0)
                #expect(alone.errors.contains("--from FILE"))
                province.up()
                let mended = try await run(["repair"], at: county)
                #expect(mended.json["sound"] == true && mended.json["problems"] == [])
                #expect((mended.json["segments"]?.integer ?? 0) > 6)
                #expect(mended.json["rebuilt"] == .bool(!isProjectionRight))
                #expect(try await run(["verify"], at: county).json["sound"] == true)
                #expect(try await run(["rebuild"], at: county).json["unchanged"] == true)
                let again = try await run(["repair"], at: county)
                #expect(again.json["sound"] == true && again.json["segments"] == 0)
                if !isRunning { try await county.start() }
                #expect(try await county.status()["damage"]?.string == nil)
                _ = try await county.addSupplier(9)
                try await province.settle()
                try await province.expectConverged()
            }
        }

        @Test(arguments: [true, false])
        func `A hub gets them back from what its counties export`(isRunning: Bool) async throws {
            try await with { province in
                let hub = province.hub
                try await hub.stop()
                try await damage(hub)
                if isRunning { try await hub.start() }
                let helpless = try await run(["repair"], at: hub, ends: 1)
                #expect(helpless.errors.contains("--from FILE"))
                let lacking = try #require(helpless.json["lackingLogs"]?.array)
                #expect(lacking.count > 3)
                let shared = lacking.filter { $0.string?.contains("/county/") == false }

                // The first county does not hold what only the other one sees.
                var files = try await exports(
                    shared, from: province.counties[0], to: province.folder)
                let partly = try await run(["repair", "--from"] + files, at: hub, ends: 1)
                #expect((partly.json["segments"]?.integer ?? 0) > 0)
                #expect(partly.json["lackingLogs"]?.array?.count == lacking.count - shared.count)
                files = []
                for county in province.counties {
                    let own = lacking.filter {
                        $0.string?.contains("/county/\(county.name.prefix(6))/") == true
                    }
                    files += try await exports(own, from: county, to: province.folder)
                }
                let mended = try await run(["repair", "--from"] + files, at: hub)
                #expect(mended.json["sound"] == true && mended.json["lackingLogs"] == [])
                #expect(try await run(["verify"], at: hub).json["sound"] == true)
                #expect(try await run(["rebuild"], at: hub).json["unchanged"] == true)
                if !isRunning { try await hub.start() }
                _ = try await province.counties[0].addSupplier(9)
                try await province.settle()
                try await province.expectConverged()
            }
        }

        @Test func `A sync that meets damage says so until it is mended`() async throws {
            try await with { province in
                let county = province.counties[0]
                province.down()
                let supplier = try await county.addSupplier(20)
                // Sealed, and cut off before it left.
                await county.tryToSync()
                try await county.stop()
                let logs = try await run(["inspect"], at: county).json["logs"]?.array ?? []
                let kept = try await exports(
                    logs.compactMap { $0["log"] }, from: county, to: province.folder)
                try await damage(county)
                try await county.start()
                province.up()
                let synced = try await run(["sync"], at: county)
                #expect(synced.json["damage"]?.string?.contains("creditsync repair") == true)
                let status = try await county.status()
                #expect(status["damage"]?.string?.contains("creditsync repair") == true)
                #expect(status["damage_zh"]?.string?.contains("creditsync repair") == true)
                let metrics = try await county.get("/metrics").body
                #expect(
                    String(decoding: metrics, as: UTF8.self).contains("creditsync_damaged 1\n"))
                #expect(county.log.contains("stored data is damaged: run creditsync repair"))
                #expect(try await !province.hub.holds(supplier))

                // The hub never had it.
                let partly = try await run(["repair"], at: county, ends: 1)
                #expect(partly.json["lackingLogs"]?.array?.count == 1)
                #expect(partly.json["failure"] == .null)
                _ = try await run(["repair", "--from"] + kept, at: county)
                #expect(try await county.status()["damage"] == .null)
                try await province.settle()
                #expect(try await province.hub.holds(supplier))
            }
        }

        @Test func `Damage of the database file is told, and what is left to do`() async throws {
            try await with { province in
                let county = province.counties[0]
                try await county.stop()
                try await overwritePage(of: "receipt", at: county)
                let status = try await run(["status"], at: county, ends: 1)
                #expect(status.errors.contains("malformed"))
                #expect(status.errors.contains("creditsync repair"))
                let sync = try await run(["sync"], at: county, ends: 1)
                #expect(sync.errors.contains("creditsync repair"))
                let repair = try await run(["repair"], at: county, ends: 1)
                #expect(repair.errors.contains("copy the node's folder"))
            }
        }

        @Test func `A file that is no export is named`() async throws {
            try await with { province in
                let county = province.counties[0]
                try await county.stop()
                try await damage(county)
                let garbage = province.folder + "/garbage"
                try Data("no export".utf8).write(to: URL(fileURLWithPath: garbage))
                for file in [garbage, province.folder, province.folder + "/nowhere", "/dev/zero"] {
                    let refused = try await run(["repair", "--from", file], at: county, ends: 1)
                    #expect(refused.errors.contains(file))
                }
                // A log that nothing is missing of, and one that is damaged itself, change nothing.
                let empty = province.folder + "/empty"
                try Data().write(to: URL(fileURLWithPath: empty))
                let useless = try await run(["repair", "--from", empty], at: county, ends: 1)
                #expect(useless.json["segments"] == 0)
                _ = try await run(["repair"], at: county)
                try await county.start()
                try await province.expectConverged()
            }
        }
    }
}
