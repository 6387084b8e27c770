import FuzzEntry
import Testing

// What the fuzzers found once, and what they start from, stays passed: the same functions over the
// files of `Tests/Fuzz/Crashers` and `Tests/Fuzz/Corpus`.

@Suite struct `Inputs of the fuzzers` {
    @Test(arguments: FuzzTarget.allCases)
    func `that once failed`(target: FuzzTarget) throws {
        #expect(try FuzzInputs.crashers.violations(of: target.rawValue, target.run) == [])
    }

    @Test(arguments: FuzzTarget.allCases)
    func `that they start from`(target: FuzzTarget) throws {
        #expect(try FuzzInputs.corpus.violations(of: target.rawValue, target.run) == [])
        #expect(!FuzzInputs.corpus.files(of: target.rawValue).isEmpty)
    }
}
