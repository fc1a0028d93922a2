import { isPlainObject } from '../../lang/json/plain-json.js'
import { printYaml } from '../../lang/yaml/print.js'
import { parseYamlText } from '../../lang/yaml/read.js'
import type { Desk, Lesson } from './lesson.js'

const KUBECONFIG = '/root/.kube/config'
const API_PORT = 6443

type Named = Readonly<Record<string, unknown>> & { readonly name: string }

const namedIn = (value: unknown): readonly Named[] =>
  Array.isArray(value) ? value.filter((one): one is Named => isPlainObject(one) && 'name' in one) : []

/**
 * Returns the lesson on the cluster of one of several contexts, which its kubeconfig lists. The one in use
 * gets the name `own`; each other one leads to a cluster that this machine does not reach.
 */
export const withContexts = (lesson: Lesson, own: string, all: readonly string[]): Lesson => ({
  ...lesson,
  start: async (desk): Promise<void> => {
    await lesson.start(desk)
    addContexts(desk, own, all)
  },
})

/** A kubeconfig that is absent, or whose context in use does not exist, is the fault of the lesson. */
function addContexts({ master }: Desk, own: string, all: readonly string[]): void {
  const config = parsed(master.read(KUBECONFIG))
  const [contexts, clusters] = [namedIn(config?.['contexts']), namedIn(config?.['clusters'])]
  const used = contexts.find(({ name }) => name === config?.['current-context'])
  const context = used?.['context']
  if (config === undefined || !isPlainObject(context)) return
  const added = all.map((name): { readonly context: Named; readonly cluster?: Named } =>
    name === own
      ? { context: { context, name } }
      : {
          context: { context: { cluster: name, user: context['user'] }, name },
          cluster: { cluster: { server: `https://${name}:${API_PORT}` }, name },
        },
  )
  const text = printYaml({
    ...config,
    clusters: [...clusters, ...added.flatMap(({ cluster }) => (cluster === undefined ? [] : [cluster]))],
    contexts: [...contexts, ...added.map((one) => one.context)],
    'current-context': own,
  })
  master.write(KUBECONFIG, text)
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const config = text === undefined ? undefined : parseYamlText(text)
    return isPlainObject(config) ? config : undefined
  } catch {
    return undefined
  }
}
