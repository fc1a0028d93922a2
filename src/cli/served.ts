import { request } from 'node:https'
import { readAccess, type ServerAccess } from '../real/reading/kubeconfig.js'
import type { CommandArguments, Flag } from './command.js'
import { UsageError } from './command.js'
import { fileOf, textOf } from './files.js'

/** The flag that names a served cluster. */
export const KUBECONFIG: Readonly<Record<string, Flag>> = {
  kubeconfig: { value: 'FILE', about: 'kubeconfig of the served cluster', default: '$KUBECONFIG' },
}

/** Reads the kubeconfig of a served cluster. @throws UsageError if none is named */
function accessOf(flags: CommandArguments['flags']): ServerAccess {
  const path = textOf(flags, 'kubeconfig')
  if (path !== undefined) fileOf('kubeconfig', path)
  else if ((process.env['KUBECONFIG'] ?? '') === '')
    throw new UsageError('set KUBECONFIG, or --kubeconfig, to what simcluster serve printed')
  return readAccess(path === undefined ? {} : { kubeconfig: path })
}

/** The message of a Status; undefined if the body is none, as those of other servers. */
function refusalIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { readonly message?: string } | null)?.message
  } catch {
    return undefined
  }
}

const shownStart = (body: string): string => body.trim().slice(0, 100) || 'its response is empty'

/**
 * Asks the served cluster of `--kubeconfig`. Returns the body of the response.
 * @throws Error with the server's message
 */
export async function ask(
  flags: CommandArguments['flags'],
  method: 'GET' | 'POST',
  path: string,
): Promise<string> {
  const { url, tls, headers } = accessOf(flags)
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/simcluster/${path}`, { method, headers, ...tls }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        const body = Buffer.concat(parts).toString('utf8')
        if (response.statusCode === 200) resolve(body)
        else reject(new Error(refusalIn(body) ?? `${url} is not served by simcluster: ${shownStart(body)}`))
      })
    })
    sent.on('error', (error) =>
      reject(new Error(`there is no served cluster at ${url}: ${error.message}`, { cause: error })),
    )
    sent.end()
  })
}

/** Returns the snapshot file of the served cluster. @throws Error with the server's message */
export async function servedSnapshot(flags: CommandArguments['flags']): Promise<Uint8Array> {
  return Buffer.from(await ask(flags, 'GET', 'snapshot'), 'base64')
}
