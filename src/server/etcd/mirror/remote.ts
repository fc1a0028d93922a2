import type {
  LeaseGrantResponse,
  LeaseKeepAliveResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
} from '../../../etcd/requests.js'
import type { KeyValue } from '../../../etcd/version.js'
import type { EtcdGrpcClient } from './grpc-client.js'

/** The one key that a txn has read as its first operation, if it is there. */
export function rangeOf([first]: TxnResponse['responses']): KeyValue | undefined {
  return first !== undefined && 'responseRange' in first ? first.responseRange?.kvs[0] : undefined
}

/** The calls that a mirror makes. */
export class RemoteEtcd {
  readonly #client: EtcdGrpcClient

  constructor(client: EtcdGrpcClient) {
    this.#client = client
  }

  range(request: RangeRequest): Promise<RangeResponse> {
    return this.#client.call(
      { path: 'KV/Range', request: 'RangeRequest', response: 'RangeResponse' },
      request,
    )
  }

  txn(request: TxnRequest): Promise<TxnResponse> {
    return this.#client.call({ path: 'KV/Txn', request: 'TxnRequest', response: 'TxnResponse' }, request)
  }

  async grant(ttl: number): Promise<bigint> {
    const { id } = await this.#client.call<LeaseGrantResponse>(
      { path: 'Lease/LeaseGrant', request: 'LeaseGrantRequest', response: 'LeaseGrantResponse' },
      { ttl },
    )
    return id
  }

  /** Answers whether the lease is still there. */
  async keepAlive(id: bigint): Promise<boolean> {
    const { ttl } = await this.#client.call<LeaseKeepAliveResponse>(
      { path: 'Lease/LeaseKeepAlive', request: 'LeaseRequest', response: 'LeaseKeepAliveResponse' },
      { id },
    )
    return ttl > 0
  }

  async revoke(id: bigint): Promise<void> {
    await this.#client.call(
      { path: 'Lease/LeaseRevoke', request: 'LeaseRequest', response: 'HeaderOnlyResponse' },
      { id },
    )
  }

  close(): void {
    this.#client.close()
  }
}
