// The errors of commands, with the codes that clients know them by (MongoDB manual, Error Codes).

const codes = {
	InternalError: 1,
	BadValue: 2,
	NoSuchKey: 4,
	FailedToParse: 9,
	TypeMismatch: 14,
	AlreadyInitialized: 23,
	NamespaceNotFound: 26,
	IndexNotFound: 27,
	PathNotViable: 28,
	ConflictingUpdateOperators: 40,
	CursorNotFound: 43,
	NamespaceExists: 48,
	CommandNotFound: 59,
	WriteConcernFailed: 64,
	ImmutableField: 66,
	CannotCreateIndex: 67,
	InvalidOptions: 72,
	NodeNotFound: 74,
	NoReplicationEnabled: 76,
	InvalidReplicaSetConfig: 93,
	NotYetInitialized: 94,
	NewReplicaSetConfigurationIncompatible: 103,
	CannotSatisfyWriteConcern: 100,
	ExceededTimeLimit: 262,
	InvalidPipelineOperator: 168,
	PrimarySteppedDown: 189,
	UnsupportedOpQueryCommand: 352,
	NotWritablePrimary: 10107,
	DuplicateKey: 11000,
	InterruptedDueToReplStateChange: 11602,
	NotPrimaryNoSecondaryOk: 13435,
	NotPrimaryOrSecondary: 13436,
	Location40324: 40324,
	Location15952: 15952,
	Location28667: 28667,
} as const;

export type CodeName = keyof typeof codes;

/** A command that failed; `message` is the server's `errmsg`. */
export class CommandError extends Error {
	readonly codeName: CodeName;
	constructor(codeName: CodeName, message: string) {
		super(message);
		this.codeName = codeName;
	}

	get code(): number {
		return codes[this.codeName];
	}
}
