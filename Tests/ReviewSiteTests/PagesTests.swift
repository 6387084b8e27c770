import Testing

@testable import ReviewSite

@Suite struct PagesTests {}
