import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { parse as parseYaml } from 'yaml'
import type { Arguments, Command, Flag, Terminal } from './command.js'
import { UsageError } from './command.js'
import { onlyWord } from './files.js'

const KUBECONFIG: Readonly<Record<string, Flag>> = {
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
  if (path === undefined)
    throw new UsageError('set KUBECONFIG, or --kubeconfig, to what simcluster serve printed')
  const { clusters, users } = parseYaml(readFileSync(path, 'utf8')) as {
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

/** Asks the served cluster; returns the body of the response. @throws Error with the server's message */
async function ask(flags: Arguments['flags'], method: 'GET' | 'POST', path: string): Promise<string> {
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
    sent.on('error', reject)
    sent.end()
  })
}

async function move(flags: Arguments['flags'], path: string, terminal: Terminal): Promise<number> {
  const { time } = JSON.parse(await ask(flags, 'POST', path)) as { readonly time: string }
  terminal.out(`${time}\n`)
  return 0
}

const onNode = (name: 'crash' | 'recover', about: string): Command => ({
  name,
  about,
  words: 'NODE',
  flags: KUBECONFIG,
  examples: [`simcluster ${name} node-2`],
  run: ({ flags, words }, terminal) =>
    move(flags, `${name}?node=${encodeURIComponent(onlyWord(words, 'node'))}`, terminal),
})

/** Commands that act on a served cluster. */
export const controlCommands: readonly Command[] = [
  {
    name: 'advance',
    about: 'Moves the time of a served cluster, runs everything that comes due, and prints the time.',
    words: 'DURATION',
    flags: KUBECONFIG,
    examples: ['simcluster advance 5m', 'simcluster advance 30s --kubeconfig ./kubeconfig'],
    run: ({ flags, words }, terminal) =>
      move(flags, `advance?duration=${encodeURIComponent(onlyWord(words, 'duration'))}`, terminal),
  },
  {
    name: 'settle',
    about: 'Runs a served cluster until nothing is in flight, and prints the time.',
    flags: KUBECONFIG,
    examples: ['simcluster settle'],
    run: ({ flags }, terminal) => move(flags, 'settle', terminal),
  },
  onNode('crash', 'Cuts the power of a node of a served cluster.'),
  onNode('recover', 'Starts a crashed node of a served cluster again.'),
  {
    name: 'snapshot',
    about: 'Saves the state of a served cluster, for simcluster serve --snapshot.',
    words: 'FILE',
    flags: KUBECONFIG,
    examples: ['simcluster snapshot ./cluster.snapshot'],
    run: async ({ flags, words }, terminal) => {
      const file = onlyWord(words, 'file')
      writeFileSync(file, Buffer.from(await ask(flags, 'GET', 'snapshot'), 'base64'))
      terminal.out(`saved ${file}\n`)
      return 0
    },
  },
]
