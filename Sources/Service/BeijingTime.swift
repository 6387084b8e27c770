import Foundation

/// Times as people here read them: Beijing time, without daylight saving.
public enum BeijingTime {
    private static let offsetSeconds = 8 * 3600

    /// `2026-11-21T17:02:00+08:00`
    public static func iso(milliseconds: Int64) -> String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        let zone = TimeZone(secondsFromGMT: offsetSeconds) ?? .gmt
        return date.formatted(
            Date.ISO8601FormatStyle(timeZone: zone)
                .year().month().day().dateSeparator(.dash).time(includingFractionalSeconds: false)
                .timeSeparator(.colon).timeZone(separator: .colon))
    }

    /// `2026-11-21 17:02`
    public static func short(milliseconds: Int64) -> String {
        String(iso(milliseconds: milliseconds).prefix(16)).replacingOccurrences(of: "T", with: " ")
    }
}
