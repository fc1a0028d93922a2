/**
 * The served messages of etcd's API: `number name type` for each field, ordered by number.
 *
 * Types: `key` is bytes as a binary string (one char per byte, see src/etcd/mvcc/keys.ts), `bytes` a
 * Uint8Array or a stored value, `int` an int64 or uint64 as a number, `id` an int64 and `uid` a uint64 as a
 * bigint, `u32`, `bool`, `text`; a capitalized name is a message or an enum. `?` distinguishes absent from
 * empty; `[]` is repeated; `|` is a member of a oneof, of which the last one received counts. Names are those
 * of src/etcd/requests.ts. Source: etcd api/etcdserverpb/rpc.proto, api/mvccpb/kv.proto,
 * api/authpb/auth.proto (3.5).
 */
const MESSAGES = {
  ResponseHeader: '1 clusterId uid, 2 memberId uid, 3 revision int, 4 raftTerm int',
  KeyValue: '1 key key, 2 createRevision int, 3 modRevision int, 4 version int, 5 value bytes, 6 lease id',
  Event: '1 type EventType, 2 kv KeyValue?, 3 prevKv KeyValue?',

  RangeRequest: `1 key key, 2 rangeEnd key?, 3 limit int, 4 revision int, 5 sortOrder SortOrder,
    6 sortTarget SortTarget, 7 serializable bool,
    8 keysOnly bool, 9 countOnly bool, 10 minModRevision int, 11 maxModRevision int,
    12 minCreateRevision int, 13 maxCreateRevision int`,
  RangeResponse: '1 header ResponseHeader?, 2 kvs KeyValue[], 3 more bool, 4 count int',
  PutRequest: '1 key key, 2 value bytes?, 3 lease id, 4 prevKv bool, 5 ignoreValue bool, 6 ignoreLease bool',
  PutResponse: '1 header ResponseHeader?, 2 prevKv KeyValue?',
  DeleteRangeRequest: '1 key key, 2 rangeEnd key?, 3 prevKv bool',
  DeleteRangeResponse: '1 header ResponseHeader?, 2 deleted int, 3 prevKvs KeyValue[]',
  RequestOp: `1 requestRange RangeRequest|, 2 requestPut PutRequest|,
    3 requestDeleteRange DeleteRangeRequest|, 4 requestTxn TxnRequest|`,
  ResponseOp: `1 responseRange RangeResponse|, 2 responsePut PutResponse|,
    3 responseDeleteRange DeleteRangeResponse|, 4 responseTxn TxnResponse|`,
  Compare: `1 result CompareResult, 2 target CompareTarget, 3 key key, 4 version int|, 5 createRevision int|,
    6 modRevision int|, 7 value bytes|,
    8 lease id|, 64 rangeEnd key?`,
  TxnRequest: '1 compare Compare[], 2 success RequestOp[], 3 failure RequestOp[]',
  TxnResponse: '1 header ResponseHeader?, 2 succeeded bool, 3 responses ResponseOp[]',
  CompactionRequest: '1 revision int, 2 physical bool',
  HeaderOnlyResponse: '1 header ResponseHeader?',

  WatchRequest:
    '1 createRequest WatchCreateRequest|, 2 cancelRequest WatchCancelRequest|, 3 progressRequest Empty|',
  WatchCreateRequest: `1 key key, 2 rangeEnd key?, 3 startRevision int, 4 progressNotify bool,
    5 filters FilterType[], 6 prevKv bool,
    7 watchId int, 8 fragment bool`,
  WatchCancelRequest: '1 watchId int',
  WatchResponse: `1 header ResponseHeader?, 2 watchId int, 3 created bool, 4 canceled bool,
    5 compactRevision int, 6 cancelReason text,
    7 fragment bool, 11 events Event[]`,

  LeaseGrantRequest: '1 ttl int, 2 id id',
  LeaseGrantResponse: '1 header ResponseHeader?, 2 id id, 3 ttl int, 4 error text',
  LeaseRequest: '1 id id',
  LeaseKeepAliveResponse: '1 header ResponseHeader?, 2 id id, 3 ttl int',
  LeaseTimeToLiveRequest: '1 id id, 2 keys bool',
  LeaseTimeToLiveResponse: '1 header ResponseHeader?, 2 id id, 3 ttl int, 4 grantedTTL int, 5 keys key[]',
  LeaseLeasesResponse: '1 header ResponseHeader?, 2 leases LeaseRequest[]',

  Member: '1 id uid, 2 name text, 3 peerUrls text[], 4 clientUrls text[], 5 isLearner bool',
  MemberAddRequest: '1 peerUrls text[], 2 isLearner bool',
  MemberRequest: '1 id uid',
  MemberUpdateRequest: '1 id uid, 2 peerUrls text[]',
  MemberListRequest: '1 linearizable bool',
  MemberListResponse: '1 header ResponseHeader?, 2 members Member[]',

  HashKVRequest: '1 revision int',
  HashKVResponse: '1 header ResponseHeader?, 2 hash u32, 3 compactRevision int',
  HashResponse: '1 header ResponseHeader?, 2 hash u32',
  SnapshotResponse: '1 header ResponseHeader?, 2 remainingBytes int, 3 blob bytes',
  MoveLeaderRequest: '1 targetId uid',
  AlarmRequest: '1 action AlarmAction, 2 memberId uid, 3 alarm AlarmType',
  AlarmMember: '1 memberId uid, 2 alarm AlarmType',
  AlarmResponse: '1 header ResponseHeader?, 2 alarms AlarmMember[]',
  DowngradeRequest: '1 action DowngradeAction, 2 version text',
  DowngradeResponse: '1 header ResponseHeader?, 2 version text',
  StatusResponse: `1 header ResponseHeader?, 2 version text, 3 dbSize int, 4 leader uid, 5 raftIndex int,
    6 raftTerm int, 7 raftAppliedIndex int,
    8 errors text[], 9 dbSizeInUse int, 10 isLearner bool`,

  AuthStatusResponse: '1 header ResponseHeader?, 2 enabled bool, 3 authRevision int',
  AuthenticateRequest: '1 name text, 2 password text',
  AuthenticateResponse: '1 header ResponseHeader?, 2 token text',
  UserAddOptions: '1 noPassword bool',
  UserAddRequest: '1 name text, 2 password text, 3 options UserAddOptions?, 4 hashedPassword text',
  NameRequest: '1 name text',
  UserChangePasswordRequest: '1 name text, 2 password text, 3 hashedPassword text',
  UserRoleRequest: '1 name text, 2 role text',
  UserGetResponse: '1 header ResponseHeader?, 2 roles text[]',
  UserListResponse: '1 header ResponseHeader?, 2 users text[]',
  Permission: '1 permType PermissionType, 2 key key, 3 rangeEnd key',
  RoleGetResponse: '1 header ResponseHeader?, 2 perm Permission[]',
  RoleListResponse: '1 header ResponseHeader?, 2 roles text[]',
  RoleGrantPermissionRequest: '1 name text, 2 perm Permission?',
  RoleRevokePermissionRequest: '1 role text, 2 key key, 3 rangeEnd key',

  HealthCheckRequest: '1 service text',
  HealthCheckResponse: '1 status ServingStatus',
  Empty: '',
} as const

/** Enum members by their numbers. */
const ENUMS = {
  EventType: ['PUT', 'DELETE'],
  SortOrder: ['NONE', 'ASCEND', 'DESCEND'],
  SortTarget: ['KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE'],
  CompareResult: ['EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL'],
  CompareTarget: ['VERSION', 'CREATE', 'MOD', 'VALUE', 'LEASE'],
  FilterType: ['NOPUT', 'NODELETE'],
  AlarmType: ['NONE', 'NOSPACE', 'CORRUPT'],
  AlarmAction: ['GET', 'ACTIVATE', 'DEACTIVATE'],
  DowngradeAction: ['VALIDATE', 'ENABLE', 'CANCEL'],
  PermissionType: ['READ', 'WRITE', 'READWRITE'],
  ServingStatus: ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'],
} as const

/** Name of a message. */
export type MessageName = keyof typeof MESSAGES

/** A field's encoding and JavaScript type; see {@link MESSAGES}. */
export type FieldKind = 'key' | 'bytes' | 'int' | 'id' | 'uid' | 'u32' | 'bool' | 'text' | 'enum' | 'message'

/** One field of a message. */
export interface GrpcField {
  readonly number: number
  readonly name: string
  readonly kind: FieldKind
  readonly repeated: boolean
  /** Whether a present but empty value is encoded. */
  readonly explicit: boolean
  /** Names of the other members of its oneof. */
  readonly others: readonly string[]
  /** Members of an enum by number. */
  readonly members: readonly string[]
  /** Name of the message, for fields of kind `message`. */
  readonly message: MessageName
  /** The field's name in Go, for error texts. */
  readonly goName: string
}

/** A message: its fields, and its value when nothing is encoded. */
export interface MessageType {
  readonly name: MessageName
  readonly fields: readonly GrpcField[]
  readonly byNumber: readonly (GrpcField | undefined)[]
  readonly empty: Readonly<Record<string, unknown>>
}

const KINDS: ReadonlySet<string> = new Set<FieldKind>([
  'key',
  'bytes',
  'int',
  'id',
  'uid',
  'u32',
  'bool',
  'text',
])
const DEFAULTS: Readonly<Partial<Record<FieldKind, unknown>>> = {
  key: '',
  int: 0,
  id: 0n,
  uid: 0n,
  u32: 0,
  bool: false,
  text: '',
}
const NOTHING: readonly never[] = Object.freeze([])

const types = new Map<MessageName, MessageType>()

/** Returns the message of a name; its table is parsed on first use. */
export function messageType(name: MessageName): MessageType {
  let type = types.get(name)
  if (type === undefined) types.set(name, (type = readType(name)))
  return type
}

function readType(name: MessageName): MessageType {
  const text: string = MESSAGES[name]
  const parts =
    text === ''
      ? []
      : text.split(/,\s+/).map((part) => part.split(' ') as [number: string, name: string, type: string])
  const choice = parts.filter(([, , type]) => type.endsWith('|')).map(([, field]) => field)
  const byNumber: (GrpcField | undefined)[] = []
  const empty: Record<string, unknown> = {}
  for (const part of parts) {
    const field = readField(part, choice)
    byNumber[field.number] = field
    empty[field.name] = field.repeated
      ? NOTHING
      : /[?|]$/.test(part[2])
        ? undefined
        : (field.members[0] ?? DEFAULTS[field.kind])
  }
  return {
    name,
    fields: byNumber.filter((field) => field !== undefined),
    byNumber,
    empty: Object.freeze(empty),
  }
}

function readField(
  [number, name, type]: readonly [string, string, string],
  choice: readonly string[],
): GrpcField {
  const [, base = '', mark] = /^(\w+)(\[\]|\?|\|)?$/.exec(type) ?? []
  const members: readonly string[] = ENUMS[base as keyof typeof ENUMS] ?? NOTHING
  return {
    number: Number(number),
    name,
    members,
    message: base as MessageName,
    repeated: mark === '[]',
    explicit: mark === '?' || mark === '|',
    kind: KINDS.has(base) ? (base as FieldKind) : members.length > 0 ? 'enum' : 'message',
    others: mark === '|' ? choice.filter((other) => other !== name) : NOTHING,
    goName: name.charAt(0).toUpperCase() + name.slice(1),
  }
}
