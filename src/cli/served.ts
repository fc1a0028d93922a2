import { request } from 'node:https'
import { parseYamlText } from '../lang/yaml/read.js'
import type { Arguments, Flag } from './command.js'
import { UsageError } from './command.js'
import { fileOf } from './files.js'

/** The flag that names a served cluster. */
export const KUBECONFIG: Readonly<Record<string, Flag>> = {
  kubeconfig: { value: 'FILE', about: 'kubeconfig of the served cluster', default: '$KUBECONFIG' },
}

interface Access {
  readonly server: string
  readonly ca: Buffer
  readonly cert: Buffer
  readonly key: Buffer
}

/** Reads a kubeconfig that `simcluster serve` has written. */
function accessOf(flags: Arguments['flags']): Access {
  const path = typeof flags['kubeconfig'] === 'string' ? flags['kubeconfig'] : process.env['KUBECONFIG']
  if (path === undefined || path === '')
    throw new UsageError('set KUBECONFIG, or --kubeconfig, to what simcluster serve printed')
  const { clusters, users } = parseYamlText(fileOf('kubeconfig', path).toString('utf8')) as {
    readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[]
    readonly users: readonly { readonly user: Readonly<Record<string, string>> }[]
  }
  const data = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64')
  const cluster = clusters[0]?.cluster ?? {}
  const user = users[0]?.user ?? {}
  return {
    server: cluster['server'] ?? '',
    ca: data(cluster['certificate-authority-data']),
    cert: data(user['client-certificate-data']),
    key: data(user['client-key-data']),
  }
}

/**
 * Asks the served cluster of `--kubeconfig`. Returns the body of the response.
 * @throws Error with the server's message
 */
export async function ask(flags: Arguments['flags'], method: 'GET' | 'POST', path: string): Promise<string> {
  const { server, ...tls } = accessOf(flags)
  return new Promise((resolve, reject) => {
    const sent = request(`${server}/simcluster/${path}`, { method, ...tls }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        const body = Buffer.concat(parts).toString('utf8')
        if (response.statusCode === 200) resolve(body)
        else reject(new Error((JSON.parse(body) as { readonly message?: string }).message ?? body))
      })
    })
    sent.on('error', (error) =>
      reject(new Error(`there is no served cluster at ${server}: ${error.message}`, { cause: error })),
    )
    sent.end()
  })
}

/** Returns the snapshot file of the served cluster. @throws Error with the server's message */
export async function servedSnapshot(flags: Arguments['flags']): Promise<Uint8Array> {
  return Buffer.from(await ask(flags, 'GET', 'snapshot'), 'base64')
}
