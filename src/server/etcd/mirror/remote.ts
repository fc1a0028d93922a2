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

/** Returns the key that the first operation of a txn has read; undefined when it does not exist. */
export function rangeOf([first]: TxnResponse['responses']): KeyValue | undefined {
  return first !== undefined && 'responseRange' in first ? first.responseRange?.kvs[0] : undefined
}

/** The calls of etcd that a mirror uses. */
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

  /** Keeps a lease alive; returns whether it still exists. */
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
