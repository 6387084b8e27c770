import ArgumentParser

/// The command line. Its commands are listed here and nowhere else.
@main
struct CreditSync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "creditsync",
        abstract: "供应商信用与服务日志离线同步系统 / offline-first supplier credit records",
        discussion: """
            A county node works for weeks without a network and exchanges its records with the \
            provincial hub when there is one. Nothing accepted is ever lost or overwritten; what \
            two offices changed without seeing each other waits for a person.

            Exit codes: 0 done, 1 failed, 10 no node in the folder, 11 the folder is in use, \
            13 the hub was not reached, 64 wrong usage.
            """,
        version: "0.1.0",
        subcommands: [
            InitCommand.self, ServeCommand.self, StatusCommand.self, SyncCommand.self,
            NodeCommand.self, SupplierCommand.self, CreditCommand.self, LogCommand.self,
            ConflictCommand.self, VerifyCommand.self, RepairCommand.self, RebuildCommand.self,
            InspectCommand.self, DemoCommand.self,
        ])
}
