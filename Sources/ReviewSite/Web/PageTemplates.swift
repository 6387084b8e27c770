import Mustache
import Service
import Store
import SyncCore

/// What every page shows around its content.
struct PageFrame {
    let title: String
    let office: String
    let nodeName: String
    let isHub: Bool
    let stylesheet: String
    /// Rendered already.
    let content: String
}

/// All templates, compiled.
struct PageTemplates: Sendable {
    private let library: MustacheLibrary
    private let stylesheet: Stylesheet

    init(stylesheet: Stylesheet) throws {
        StrictHTML.register()
        self.stylesheet = stylesheet
        var library = MustacheLibrary()
        for (name, text) in Self.sources {
            try library.register("{{% CONTENT_TYPE:\(StrictHTML.name)}}" + text, named: name)
        }
        self.library = library
    }

    private static let sources = [
        "frame": Templates.frame, "cell": Templates.cell, "input": Templates.input,
        "problems": Templates.problems, "conflictList": Templates.conflictList,
        "conflict": Templates.conflict, "decisionForm": Templates.decisionForm,
        "closedConflict": Templates.closedConflict, "record": Templates.record,
        "problem": Templates.problem,
    ]

    func page(_ template: String, _ model: Any, title: String, at node: Node) -> String {
        let identity = node.identity
        return render(
            "frame",
            PageFrame(
                title: title, office: Origin.office(of: identity.division),
                nodeName: identity.node.name, isHub: node.isHub, stylesheet: stylesheet.address,
                content: render(template, model)))
    }

    private func render(_ template: String, _ model: Any) -> String {
        guard let text = library.render(model, withTemplate: template) else {
            preconditionFailure("there is no template \(template)")
        }
        return text
    }
}

/// The texts of the templates, one to a file.
enum Templates {}
