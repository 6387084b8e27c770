/// One bad input, what it is answered with, and what it leaves behind.
struct BadInput: Sendable, CustomStringConvertible {
    enum Answer: Sendable {
        /// A problem with this status and name.
        case problem(Int, String)
        /// 200: the request is served, and the segment refused by this rule.
        case refusal(String)
        /// Served, because nothing about it is wrong.
        case served(Int)
    }

    /// What is done besides answering.
    enum Trace: Sendable {
        /// One line with this message in the log, nothing stored.
        case line(String)
        /// Nothing at all.
        case none
        /// Something is stored, because it is good; with or without a line.
        case stored(line: String?)
    }

    /// Where it is sent.
    enum Door: String, Sendable { case sync, api = "API" }

    let what: String
    let door: Door
    let answer: Answer
    let trace: Trace
    /// What good was sent before.
    let prepare: @Sendable (Intruder) async throws -> Void
    let send: @Sendable (Intruder) async throws -> Reply

    init(
        _ what: String, at door: Door = .sync, _ answer: Answer,
        _ trace: Trace = .line("request refused"),
        after prepare: @escaping @Sendable (Intruder) async throws -> Void = { _ in },
        _ send: @escaping @Sendable (Intruder) async throws -> Reply
    ) {
        self.what = what
        self.door = door
        self.answer = answer
        self.trace = trace
        self.prepare = prepare
        self.send = send
    }

    var description: String { what }
}
