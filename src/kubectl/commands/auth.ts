import { canI } from '../auth/can-i.js'
import { reconcile } from '../auth/reconcile.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { printValue } from '../print/object.js'
import { TABLE, TabWriter } from '../../lang/text/tabwriter.js'
import { formatOf } from '../print/template.js'
import { byKey } from '../../lang/text/order.js'

/** `kubectl auth can-i`, `whoami`, `reconcile`. */
export const auth: KubectlCommand = {
  name: 'auth',
  commands: [
    { name: 'can-i', run: canI },
    { name: 'whoami', run: whoAmI },
    { name: 'reconcile', run: reconcile },
  ],
}

interface UserInfo {
  readonly username?: string
  readonly uid?: string
  readonly groups?: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** `kubectl auth whoami`. Source: kubectl pkg/cmd/auth/whoami.go. */
function whoAmI(call: CommandLine): void {
  const { client, out } = call
  const response = client.create('selfsubjectreviews', { metadata: {} } as never) as unknown as {
    readonly status?: { readonly userInfo?: UserInfo }
  }
  const format = formatOf(call)
  if (format === 'name') return out.line('selfsubjectreview.authentication.k8s.io/<unknown>')
  if (format !== '') {
    out.write(
      format === 'json' ? `${JSON.stringify(ordered(response), null, 4)}\n` : printValue(response, format),
    )
    return
  }
  const { username = '', uid = '', groups = [], extra = {} } = response.status?.userInfo ?? {}
  const rows: (readonly [string, string])[] = [
    ['ATTRIBUTE', 'VALUE'],
    ...(username === '' ? [] : [['Username', username] as const]),
    ...(uid === '' ? [] : [['UID', uid] as const]),
    ...(groups.length === 0 ? [] : [['Groups', `[${groups.join(' ')}]`] as const]),
    ...Object.entries(extra)
      .sort(byKey)
      .map(([key, values]) => [`Extra: ${key}`, `[${values.join(' ')}]`] as const),
  ]
  out.write(new TabWriter(TABLE).format(rows.map((cells) => `${cells.join('\t')}\n`).join('')))
}

/** Orders the fields like the Go type, as kubectl prints objects of known types. */
function ordered(response: object): object {
  const { kind, apiVersion, metadata, status } = response as {
    readonly kind?: string
    readonly apiVersion?: string
    readonly metadata?: object
    readonly status?: { readonly userInfo?: UserInfo }
  }
  const { username, uid, groups, extra } = status?.userInfo ?? {}
  return {
    kind: kind ?? 'SelfSubjectReview',
    apiVersion: apiVersion ?? 'authentication.k8s.io/v1',
    metadata,
    status: { userInfo: { username, uid, groups, extra } },
  }
}
