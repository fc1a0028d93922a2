import type { UserInfo } from '../../../src/client/client.js'
import type { HttpRequest } from '../../../src/client/http.js'
import { resolve } from './placeholders.js'
import type { RecordedRequest, Scenario } from '../../../src/real/recording/scenario.js'

const AUTHENTICATED = 'system:authenticated'

/** Who comes by a client certificate is known by it, too. */
const byCertificate = { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${'0a'.repeat(32)}`] }

const USERS: Readonly<Record<string, UserInfo>> = {
  admin: { name: 'admin', uid: 'u-admin', groups: ['system:masters', AUTHENTICATED] },
  jane: { name: 'jane', uid: 'u-jane', groups: ['dev', AUTHENTICATED] },
  bob: { name: 'bob', uid: 'u-bob', groups: [AUTHENTICATED] },
  'cert:noden1': { name: 'system:node:n1', groups: ['system:nodes', AUTHENTICATED], extra: byCertificate },
  'cert:carol': { name: 'carol', groups: ['team-x', AUTHENTICATED], extra: byCertificate },
}

/** Who sends a request: a user by name, or the bearer token that the server has to look into. */
function senderOf(
  user: string | UserInfo,
  raw: readonly unknown[],
): Pick<HttpRequest, 'user'> & { readonly authorization?: string } {
  if (typeof user !== 'string') return { user }
  if (user === 'anonymous') return {}
  if (user === 'bad-token') return { authorization: 'Bearer no-such-token' }
  if (user.startsWith('token:'))
    return { authorization: `Bearer ${resolve(user.slice('token:'.length), raw)}` }
  const known = USERS[user]
  if (known === undefined) throw new Error(`the recording names an unknown user: ${user}`)
  return { user: known }
}

/** The body that words describe: too large to be written down. */
function describedBody(words: string): string {
  const text = /^(\w+) (\S+) with data\.(\w+) = "(.)" \* (\d+)$/.exec(words)
  if (text !== null) {
    const [, kind, name, key = '', letter = '', times] = text
    return JSON.stringify({
      apiVersion: 'v1',
      kind,
      metadata: { name },
      data: { [key]: letter.repeat(Number(times)) },
    })
  }
  if (!/^\d+ bytes$/.test(words))
    throw new Error(`a body is described in words that are not understood: ${words}`)
  // the only one of these: a JSON patch of one operation more than may be
  return `[${Array.from({ length: 10_001 }, () => '{"op":"add","path":"/data/x","value":"1"}').join(',')}]`
}

function bodyOf(request: RecordedRequest, raw: readonly unknown[]): string | Uint8Array | undefined {
  if (request.bodyBase64 !== undefined) return new Uint8Array(Buffer.from(request.bodyBase64, 'base64'))
  if (request.bodyDescription !== undefined) return describedBody(request.bodyDescription)
  const text = request.body === undefined ? request.bodyText : JSON.stringify(request.body)
  return text === undefined ? undefined : resolve(text, raw)
}

/** User agents of the steps that did not come from the recorder's usual one. */
const AGENTS: Readonly<Record<string, string>> = {
  'apply-managers#0': 'kubectl/v1.35.2 (linux/amd64) kubernetes/abc',
  'apply-managers#1': 'Mozilla/5.0',
  'apply-managers#3': 'a/b/c d',
  'apply-managers#4': '',
}

/** The request of a step as it went out, placeholders filled from the answers before it. */
export function requestOf(
  { id, on }: Pick<Scenario, 'id' | 'on'>,
  step: number,
  request: RecordedRequest,
  raw: readonly unknown[],
): HttpRequest {
  const [path = '', query = ''] = resolve(request.path, raw).split(/\?(.*)/s)
  const body = bodyOf(request, raw)
  const given = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === 'string' ? resolve(value, raw) : value,
    ]),
  )
  const { authorization, ...sender } = senderOf(request.user ?? on?.user ?? 'admin', raw)
  const isTyped = body === undefined || given['content-type'] !== undefined || id.endsWith('no-content-type')
  return {
    method: request.method,
    path,
    query,
    ...sender,
    headers: {
      'user-agent': AGENTS[`${id}#${step}`] ?? 'h7-recorder/1.0',
      ...(isTyped ? {} : { 'content-type': 'application/json' }),
      ...(authorization === undefined ? {} : { authorization }),
      ...given,
    },
    ...(body === undefined ? {} : { body }),
  }
}
