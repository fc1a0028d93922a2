import type { ResponseHeader } from '../../etcd/requests.js'
import type { EtcdAccessControl } from './auth.js'
import { Code, GrpcError } from './grpc/grpc-error.js'
import type { CallInfo, Method } from './grpc/methods.js'
import type { EtcdMember } from './member.js'
import { unary } from './grpc/unary.js'

interface MemberRequest {
  readonly id: bigint
  readonly peerUrls: readonly string[]
}

/**
 * The Cluster service of a cluster with one member. Other members cannot be added, since there are none to
 * run. Source: server/etcdserver/api/v3rpc/member.go.
 */
export function clusterService(member: EtcdMember, access: EtcdAccessControl): ReadonlyMap<string, Method> {
  const { store } = member
  let peerUrls = member.peerUrls
  const header = (): ResponseHeader => ({ ...store.header, revision: 0 })
  const list = (): object => ({
    header: header(),
    members: [
      {
        id: header().memberId,
        name: member.name,
        peerUrls,
        clientUrls: member.clientUrls(),
        isLearner: false,
      },
    ],
  })
  const demandKnown = ({ id }: MemberRequest, call: CallInfo): void => {
    access.demandRoot(call)
    if (id !== header().memberId) throw new GrpcError(Code.NotFound, 'etcdserver: member not found')
  }
  return new Map<string, Method>([
    ['MemberList', unary('MemberListRequest', 'MemberListResponse', list)],
    [
      'MemberAdd',
      unary('MemberAddRequest', 'MemberListResponse', (request: MemberRequest, call) => {
        checkUrls(request.peerUrls)
        access.demandRoot(call)
        if (request.peerUrls.some((url) => peerUrls.includes(url)))
          throw new GrpcError(Code.FailedPrecondition, 'etcdserver: Peer URLs already exists')
        throw new GrpcError(
          Code.Unimplemented,
          'simcluster: this etcd has one member, others cannot be added',
        )
      }),
    ],
    [
      'MemberRemove',
      unary('MemberRequest', 'MemberListResponse', (request: MemberRequest, call) => {
        demandKnown(request, call)
        throw new GrpcError(
          Code.Unknown,
          'etcdserver: re-configuration failed due to not enough started members',
        )
      }),
    ],
    [
      'MemberUpdate',
      unary('MemberUpdateRequest', 'MemberListResponse', (request: MemberRequest, call) => {
        demandKnown(request, call)
        peerUrls = request.peerUrls
        return list()
      }),
    ],
    [
      'MemberPromote',
      unary('MemberRequest', 'MemberListResponse', (request: MemberRequest, call) => {
        demandKnown(request, call)
        throw new GrpcError(Code.FailedPrecondition, 'etcdserver: can only promote a learner member')
      }),
    ],
  ])
}

/** Source: client/pkg/types/urls.go NewURLs. */
function checkUrls(urls: readonly string[]): void {
  const isValid =
    urls.length > 0 &&
    urls.every((url) => /^(https?:\/\/(\[[^\]]+\]|[^:/?#]*):[^:/?#]+|unixs?:\/\/.+)$/.test(url))
  if (!isValid) throw new GrpcError(Code.InvalidArgument, 'etcdserver: given member URLs are invalid')
}
