import APIClient
import Foundation
import Records
import Rehearsal
import Testing

extension EndToEnd {
    @Suite("A clock that is 400 days wrong")
    struct WrongClock {
        static let library = [
            "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
            "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
        ].first { FileManager.default.fileExists(atPath: $0) }

        static let day: Int64 = 86_400_000

        @Test(
            .enabled(if: library != nil, "needs `apt-get install faketime`"),
            arguments: [-400, 400])
        func `The county syncs, keeps its times, and decides nothing by them`(days: Int64)
            async throws
        {
            let wrong = try FakeClock(days: days, library: #require(Self.library))
            defer { wrong.remove() }
            try await Province.with(counties: 2, programs: [wrong.program]) { province in
                let (off, right) = (province.counties[0], province.counties[1])
                province.up()
                let supplier = try await off.addSupplier(1)
                try await province.settle()
                let skew = try await off.status()["clockSkewMilliseconds"]?.integer ?? 0
                #expect(abs(skew + days * Self.day) < 10 * 60_000, "skew \(skew)")
                #expect(try await right.status()["clockSkewMilliseconds"]?.integer == 0)

                let path = "/api/v1/records/supplier/\(supplier)"
                let claimed = try await province.hub.get(path).json["created"]?["claimedAt"]?.string
                let time = try Date(#require(claimed), strategy: .iso8601).timeIntervalSinceNow
                #expect(abs(time - Double(days) * 86_400) < 3600, "claimed \(claimed ?? "-")")

                province.down()
                try await off.setPhone(of: supplier, "0974-111111", as: "jb01")
                try await right.setPhone(of: supplier, "0974-222222", as: "jb02")
                province.up()
                try await province.settle()
                for node in province.all {
                    let sides = try await node.openConflicts().first?["sides"]?.array ?? []
                    let phones = sides.compactMap { $0["values"]?["contactPhone"]?.string }
                    #expect(Set(phones) == ["0974-111111", "0974-222222"], "\(node.name)")
                }
                try await province.expectConverged()
                if let process = await off.processID { wrong.forget(process) }
            }
        }
    }
}

/// The program under libfaketime.
struct FakeClock {
    let program: Program
    private let script: String

    /// libfaketime sets a variable as it is loaded, and a Swift program whose environment moves
    /// before `main` loses its arguments. A shell that goes first takes the change upon itself.
    init(days: Int64, library: String) throws {
        script = FileManager.default.temporaryDirectory.path + "/creditsync-e2e-\(UUID()).sh"
        let text = "#!/bin/sh\nexec '\(EndToEnd.program.path)' \"$@\"\n"
        _ = FileManager.default.createFile(
            atPath: script, contents: Data(text.utf8), attributes: [.posixPermissions: 0o700])
        program = Program(
            path: script,
            extraEnvironment: [
                "LD_PRELOAD": library, "FAKETIME": "\(days > 0 ? "+" : "")\(days)d",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
            ])
    }

    func remove() { try? FileManager.default.removeItem(atPath: script) }

    /// The shared memory that libfaketime leaves behind.
    func forget(_ process: Int32) {
        for name in ["faketime_shm_", "sem.faketime_sem_"] {
            try? FileManager.default.removeItem(atPath: "/dev/shm/\(name)\(process)")
        }
    }
}
