import Foundation
import FuzzEntry
import FuzzStoreEntry
import SyncCore
import Testing

/// As `FuzzRegressionTests`, for the targets that need a store.
@Suite struct `Inputs of the store's fuzzers` {
    @Test(arguments: FuzzStoreTarget.allCases)
    func `that once failed or that they start from`(target: FuzzStoreTarget) throws {
        #expect(try FuzzInputs.crashers.violations(of: target.rawValue, target.run) == [])
        #expect(try FuzzInputs.corpus.violations(of: target.rawValue, target.run) == [])
    }

    /// A token that is none any more leads nowhere. `CREDITSYNC_WRITE_PROTOCOL=1` writes them anew.
    @Test(arguments: FuzzStoreTarget.allCases)
    func `still hold what a store hands out`(target: FuzzStoreTarget) throws {
        for example in try target.examples() {
            let name = String(Digest.sha256(example).hex.prefix(16))
            let file = FuzzInputs.corpus.folder(of: target.rawValue).appendingPathComponent(name)
            if ProcessInfo.processInfo.environment["CREDITSYNC_WRITE_PROTOCOL"] != nil {
                try Data(example).write(to: file)
            }
            #expect((try? Data(contentsOf: file)) == Data(example), "\(file.path)")
        }
    }
}
