/// The version of easel, as reports and `--version` say it.
public let easelVersion = "0.1.0"
