import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Reporter, TestModule } from 'vitest/node'

/** What tests with real programs need, by how it is installed: names on the PATH, or whole paths. */
const installs: readonly (readonly [how: string, needed: readonly string[]])[] = [
  ['npm run e2e:setup', ['kubectl', 'helm', '@kubernetes/client-node'].map(inTools)],
  [
    'apt-get install etcd-server etcd-client curl openssl kubectl golang-go golang-k8s-client-go-dev ' +
      'python3-kubernetes',
    [
      ...['etcd', 'etcdctl', 'curl', 'openssl', 'go'],
      '/usr/bin/kubectl',
      '/usr/share/gocode/src/k8s.io/client-go',
      '/usr/lib/python3/dist-packages/kubernetes',
    ],
  ],
]

function inTools(name: string): string {
  const place = name.startsWith('@') ? `node_modules/${name}` : `bin/${name}`
  return fileURLToPath(new URL(`../.ci/tools/${place}`, import.meta.url))
}

function isInstalled(name: string): boolean {
  if (name.startsWith('/')) return existsSync(name)
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
}

/** Says in the last line of a run how many tests were skipped, and how to get what they need. */
export class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => Array.from(module.children.allTests('skipped'))).length
    if (skipped === 0) return
    const missing = installs.filter(([, needed]) => !needed.every(isInstalled)).map(([how]) => how)
    const remedy = missing.length === 0 ? '' : ` To play them: ${missing.join(' && ')}.`
    const line = `${skipped} tests were skipped, since programs that they start are not installed.${remedy}`
    // after what other reporters print at the end of a run, which they do all at once
    process.once('exit', () => console.log(line))
  }
}
