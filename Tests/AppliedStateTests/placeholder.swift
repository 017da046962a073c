// AppliedState
