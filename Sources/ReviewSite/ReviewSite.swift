import Hummingbird
import Service

/// The pages on which people see and decide conflicts: from the page to the log and back.
/// Rendered here, in Chinese, without scripts; every action is a call that the API offers too.
public struct ReviewSite: Sendable {
    let node: Node
    let templates: PageTemplates
    let stylesheet: Stylesheet

    /// Compiles the templates, so that a broken one stops the start and not a request.
    public init(_ node: Node) throws {
        self.node = node
        stylesheet = Stylesheet()
        templates = try PageTemplates(stylesheet: stylesheet)
    }

    /// Call it after the API's routes: the router then answers unknown addresses with a page.
    public func add(to router: Router<APIContext>) {
        router.add(middleware: PageMiddleware(node: node, templates: templates))
        router.get("/") { _, _ in Response.seeOther("/conflicts") }
        router.get("/conflicts") { request, _ in try await listConflicts(request) }
        router.get("/conflicts/:name") { request, context in
            try await showConflict(request, context)
        }
        router.post("/conflicts/:name/decision") { request, context in
            try await decideConflict(request, context)
        }
        router.get("/records/:type/:id") { request, context in
            try await showRecord(request, context)
        }
        router.get("/assets/review.css") { request, _ in stylesheet.response(to: request) }
    }
}
