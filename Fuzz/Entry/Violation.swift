/// A promise that some input breaks.
public struct Violation: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

func require(
    _ holds: Bool, _ promise: @autoclosure () -> String
) throws(Violation) {
    if !holds { throw Violation(promise()) }
}
