import type { KubeObject } from '../../api/kind/definition.js'
import { parseExactJson } from '../../lang/go/json.js'
import { errorOf, type RealClusterOptions, runKubectl, runOrThrow } from '../kubectl-process.js'
import type { ClusterSource, ListedResource, Listed } from './source.js'

/** What kubectl prints if servers of aggregated APIs do not respond; it prints the rest all the same. */
const INCOMPLETE = 'unable to retrieve the complete list of server APIs: '

/** Reads a cluster with kubectl, which knows every way to sign in. */
export function kubectlSource(options: RealClusterOptions): ClusterSource {
  return {
    version: async () => {
      const { stdout } = await runOrThrow(options, ['version', '--output=json'])
      const { serverVersion } = JSON.parse(stdout) as { readonly serverVersion?: object }
      return JSON.stringify(serverVersion ?? {})
    },
    resources: async () => {
      const [namespaced, global] = await Promise.all([
        resourcesOf(options, true),
        resourcesOf(options, false),
      ])
      return { got: [...namespaced.got, ...global.got], refused: namespaced.refused }
    },
    list: (resources, namespace) => list(options, resources, namespace),
  }
}

async function resourcesOf(
  options: RealClusterOptions,
  isNamespaced: boolean,
): Promise<Listed<ListedResource>> {
  const words = ['api-resources', '--verbs=list', '--output=name', `--namespaced=${isNamespaced}`]
  const { stdout, stderr, exitCode } = await runKubectl(options, words)
  const at = stderr.indexOf(INCOMPLETE)
  if (exitCode !== 0 && at < 0) throw errorOf(stderr)
  return {
    got: stdout
      .split('\n')
      .filter(Boolean)
      .map((name) => ({ name, isNamespaced })),
    refused: at < 0 ? [] : [new Error(stderr.slice(at + INCOMPLETE.length).trim())],
  }
}

async function list(
  options: RealClusterOptions,
  resources: readonly ListedResource[],
  namespace: string | undefined,
): Promise<Listed<KubeObject>> {
  if (resources.length === 0) return { got: [], refused: [] }
  const names = resources.map(({ name }) => name).join(',')
  const where = namespace === undefined ? '--all-namespaces' : `--namespace=${namespace}`
  const { stdout, stderr, exitCode } = await runKubectl(options, ['get', names, where, '--output=json'])
  const lines = stderr.split('\n').filter((line) => line.startsWith('Error from server'))
  if (exitCode !== 0 && lines.length === 0) throw errorOf(stderr)
  return { got: stdout.trim() === '' ? [] : itemsIn(stdout), refused: lines.map(errorOf) }
}

const itemsIn = (text: string): readonly KubeObject[] =>
  (parseExactJson(text) as { readonly items: readonly KubeObject[] }).items
