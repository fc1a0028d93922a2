import { requestOf } from '../recordings/requests.js'
import type { Played } from './play.js'
import type { Timeline } from './timeline.js'
import { objectsAt, type Write } from './writes.js'

type Claims = Record<string, unknown>

const decoded = (part: string | undefined): Claims =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Claims

/** Claims without what changes from run to run. */
function stable(claims: unknown): unknown {
  const text = JSON.stringify(claims, (key, value: unknown) =>
    ['exp', 'iat', 'nbf', 'jti', 'kid', 'uid', 'kubernetes.io/serviceaccount/service-account.uid'].includes(
      key,
    )
      ? `<${key}>`
      : value,
  )
  return JSON.parse(text) as unknown
}

/** Writes of a Secret that say its data. */
const secretsWith = (writes: readonly Write[], namespace: string, data: boolean): readonly Write[] =>
  writes.filter(
    ({ resource, object, type }) =>
      resource === 'secrets' &&
      object.metadata.namespace === namespace &&
      type !== 'DELETED' &&
      ((object as { data?: Claims }).data !== undefined) === data,
  )

/** Names of what {@link tokenFacts} knows. */
export const TOKEN_FACTS: ReadonlySet<string> = new Set([
  'legacyTokenHeader',
  'legacyTokenClaims',
  'secretNames',
  'secretAfterDataRemoved',
  'secret',
  'boundTokenClaims',
])

/** What the recording of the token controller keeps beside objects, and the same here. */
export function tokenFacts(
  name: string,
  expected: unknown,
  { namespace, id }: Timeline,
  { writes, cluster }: Played,
): readonly [expected: unknown, actual: unknown] | undefined {
  const filled = secretsWith(writes, namespace, true)
  const data = (write: Write | undefined): Record<string, string> =>
    (write?.object as { data?: Record<string, string> } | undefined)?.data ?? {}
  const token = (): readonly string[] =>
    Buffer.from(data(filled[0])['token'] ?? '', 'base64')
      .toString()
      .split('.')
  switch (name) {
    case 'legacyTokenHeader':
      return [stable(expected), stable(decoded(token()[0]))]
    case 'legacyTokenClaims':
      return [stable(expected), stable(decoded(token()[1]))]
    case 'secretNames':
      return [
        expected,
        objectsAt(writes, 'secrets', 4)
          .filter(({ metadata }) => metadata.namespace === namespace)
          .map(({ metadata }) => metadata.name),
      ]
    case 'secretAfterDataRemoved':
      return [expected, Object.keys(data(filled.at(-1))).sort()]
    case 'secret': {
      const shape = (value: unknown): unknown => {
        const {
          metadata: meta,
          type: kind,
          data: content,
        } = value as { metadata: { annotations?: Claims; labels?: Claims }; type: string; data: Claims }
        return {
          annotations: Object.keys(meta.annotations ?? {}).sort(),
          labels: meta.labels,
          kind,
          data: Object.keys(content).sort(),
        }
      }
      return [shape(expected), filled[0] && shape(filled[0].object)]
    }
    case 'boundTokenClaims': {
      const request = {
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/serviceaccounts/default/token`,
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
      }
      const response = cluster.http.handle(requestOf({ id }, 0, request, []))
      const { status } = JSON.parse('body' in response ? response.body : '{}') as {
        status?: { token?: string }
      }
      return [stable(expected), stable(decoded(status?.token?.split('.')[1]))]
    }
    default:
      return undefined
  }
}
