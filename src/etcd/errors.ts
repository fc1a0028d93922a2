/** The gRPC status codes that etcd uses. */
export const GrpcCode = {
  Unknown: 2,
  InvalidArgument: 3,
  NotFound: 5,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  OutOfRange: 11,
  DataLoss: 15,
  Unauthenticated: 16,
} as const

const TABLE: Readonly<Record<EtcdErrorName, readonly [code: number, message: string]>> = {
  requestTooLarge: [GrpcCode.InvalidArgument, 'etcdserver: request is too large'],
  keyNotProvided: [GrpcCode.InvalidArgument, 'etcdserver: key is not provided'],
  valueProvided: [GrpcCode.InvalidArgument, 'etcdserver: value is provided'],
  leaseProvided: [GrpcCode.InvalidArgument, 'etcdserver: lease is provided'],
  keyNotFound: [GrpcCode.InvalidArgument, 'etcdserver: key not found'],
  tooManyOps: [GrpcCode.InvalidArgument, 'etcdserver: too many operations in txn request'],
  duplicateKey: [GrpcCode.InvalidArgument, 'etcdserver: duplicate key given in txn request'],
  invalidSort: [GrpcCode.InvalidArgument, 'etcdserver: invalid sort option'],
  leaseNotFound: [GrpcCode.NotFound, 'etcdserver: requested lease not found'],
  leaseExists: [GrpcCode.FailedPrecondition, 'etcdserver: lease already exists'],
  leaseTTLTooLarge: [GrpcCode.OutOfRange, 'etcdserver: too large lease TTL'],
  futureRevision: [GrpcCode.OutOfRange, 'etcdserver: mvcc: required revision is a future revision'],
  compacted: [GrpcCode.OutOfRange, 'etcdserver: mvcc: required revision has been compacted'],
  noSpace: [GrpcCode.ResourceExhausted, 'etcdserver: mvcc: database space exceeded'],
  corrupt: [GrpcCode.DataLoss, 'etcdserver: corrupt cluster'],
  authNotEnabled: [GrpcCode.FailedPrecondition, 'etcdserver: authentication is not enabled'],
  rootUserNotExist: [GrpcCode.FailedPrecondition, 'etcdserver: root user does not exist'],
  rootRoleNotExist: [GrpcCode.FailedPrecondition, 'etcdserver: root user does not have root role'],
  userEmpty: [GrpcCode.InvalidArgument, 'etcdserver: user name is empty'],
  userExists: [GrpcCode.FailedPrecondition, 'etcdserver: user name already exists'],
  userNotFound: [GrpcCode.FailedPrecondition, 'etcdserver: user name not found'],
  roleEmpty: [GrpcCode.InvalidArgument, 'etcdserver: role name is empty'],
  roleExists: [GrpcCode.FailedPrecondition, 'etcdserver: role name already exists'],
  roleNotFound: [GrpcCode.FailedPrecondition, 'etcdserver: role name not found'],
  roleNotGranted: [GrpcCode.FailedPrecondition, 'etcdserver: role is not granted to the user'],
  permissionNotGiven: [GrpcCode.InvalidArgument, 'etcdserver: permission not given'],
  permissionNotGranted: [GrpcCode.FailedPrecondition, 'etcdserver: permission is not granted to the role'],
  permissionDenied: [GrpcCode.PermissionDenied, 'etcdserver: permission denied'],
  authFailed: [GrpcCode.InvalidArgument, 'etcdserver: authentication failed, invalid user ID or password'],
  noPasswordUser: [GrpcCode.Unknown, 'auth: authentication failed, password was given for no password user'],
  invalidAuthToken: [GrpcCode.Unauthenticated, 'etcdserver: invalid auth token'],
  invalidAuthMgmt: [GrpcCode.InvalidArgument, 'etcdserver: invalid auth management'],
}

/** The short name of an error of the store. */
export type EtcdErrorName =
  | 'requestTooLarge'
  | 'keyNotProvided'
  | 'valueProvided'
  | 'leaseProvided'
  | 'keyNotFound'
  | 'tooManyOps'
  | 'duplicateKey'
  | 'invalidSort'
  | 'leaseNotFound'
  | 'leaseExists'
  | 'leaseTTLTooLarge'
  | 'futureRevision'
  | 'compacted'
  | 'noSpace'
  | 'corrupt'
  | 'authNotEnabled'
  | 'rootUserNotExist'
  | 'rootRoleNotExist'
  | 'userEmpty'
  | 'userExists'
  | 'userNotFound'
  | 'roleEmpty'
  | 'roleExists'
  | 'roleNotFound'
  | 'roleNotGranted'
  | 'permissionNotGiven'
  | 'permissionNotGranted'
  | 'permissionDenied'
  | 'authFailed'
  | 'noPasswordUser'
  | 'invalidAuthToken'
  | 'invalidAuthMgmt'

/** An error of etcd: `code` is the gRPC status code, `message` etcd's exact text, `reason` our short name. */
export class EtcdError extends Error {
  override readonly name: string = 'EtcdError'
  readonly code: number
  readonly reason: EtcdErrorName

  constructor(reason: EtcdErrorName) {
    super(TABLE[reason][1])
    this.code = TABLE[reason][0]
    this.reason = reason
  }
}
