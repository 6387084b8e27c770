/// System calls that fail or kill, by `strace`: what a wrapper puts before a node's command line.
public struct FailingCalls: Sendable {
    /// For ``NodeProcess/start(under:)``.
    public let wrapper: [String]

    /// `-D` lets the node stay this process's own child, so that it is killed and awaited as ever.
    /// Traced calls are slow: only those that fail are traced. `strace` counts for each thread by
    /// itself, so the Nth call is the Nth of some thread.
    private init(_ calls: String, _ fault: String, when: String) throws {
        let strace = try Tool("strace", package: "strace")
        wrapper = [
            strace.path, "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(calls)", "-e",
            "inject=\(calls):\(fault):when=\(when)",
        ]
    }

    /// SIGKILL when a thread is about to write to a file for the Nth time.
    public static func killed(atWrite number: Int) throws -> FailingCalls {
        try FailingCalls("pwrite64", "signal=KILL", when: "\(number)")
    }

    /// What SQLite waits for at commits and checkpoints ends with EIO. `when`: in strace's words,
    /// `3` for the third, `3+` for all from the third on, `3+4` for every fourth from the third.
    public static func syncsFail(when: String) throws -> FailingCalls {
        try FailingCalls("fdatasync", "error=EIO", when: when)
    }

    /// Says what is missing.
    public static func requireMeans() throws {
        let arguments = try killed(atWrite: 1).wrapper.dropFirst()
        try Tool("strace", package: "strace").run(arguments + ["true"])
    }
}
