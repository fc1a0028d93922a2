import type { Command } from '../command.js'
import { UsageError } from '../command.js'
import { envtestFolder } from '../envtest/folder.js'
import { programPath } from '../program-path.js'

/** `simcluster envtest`: a folder for `KUBEBUILDER_ASSETS`. */
export const envtestCommand: Command = {
  name: 'envtest',
  about: 'Prints a folder with etcd, kube-apiserver and kubectl, for KUBEBUILDER_ASSETS.',
  flags: { version: { value: 'VERSION', about: 'minor version, such as v1.35', default: 'the newest' } },
  examples: [
    'KUBEBUILDER_ASSETS=$(npx simcluster envtest) go test ./...',
    'SIMCLUSTER_CONTROLLERS=all KUBEBUILDER_ASSETS=$(npx simcluster envtest) go test ./...',
  ],
  run: ({ flags, words }, terminal) => {
    if (words.length > 0) throw new UsageError(`unexpected argument ${words[0] ?? ''}`)
    const { version } = flags
    if (typeof version === 'string' && !/^v1\.\d+$/.test(version))
      throw new UsageError(`--version ${version}: write a minor version such as v1.35`)
    const main = programPath()
    const target = typeof version === 'string' ? { main, version } : { main }
    terminal.out(`${envtestFolder(target, process.env)}\n`)
    return 0
  },
}
