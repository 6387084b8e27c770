/// A promise that some input breaks.
public struct Violation: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

public func require(
    _ holds: Bool, _ promise: @autoclosure () -> String
) throws(Violation) {
    if !holds { throw Violation(promise()) }
}
