import Foundation

extension String {
    /// Safe as one segment of a path or one value of a query.
    public var queryEscaped: String {
        addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? self
    }
}
