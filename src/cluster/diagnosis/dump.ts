import type { Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { type LogLine, logText } from './journal.js'
import type { Language } from '../../lang/text/phrases.js'
import { printYaml } from '../../lang/yaml/print.js'
import { say, tell } from './words.js'

/** What a dump is made of. */
export interface DumpContext {
  readonly summary: string
  readonly resources: readonly string[]
  readonly stored: (resource: string) => readonly KubeObject[]
  readonly why: (resource: string, object: KubeObject) => string
  /** What a container has written; '' if there is no log. */
  readonly log: (pod: Pod, container: string) => string
  /** The events as a table, oldest first. */
  readonly events: string
  /** The events in order of time, one a line. */
  readonly timeline: string
  /** Events, conditions and logs in order of time. */
  readonly story: string
  /** The logs of the components. */
  readonly components: readonly LogLine[]
  /** The cluster as SVG. */
  readonly picture: string
  /** The language of why.txt. */
  readonly lang: Language | undefined
}

/** Resources for whose objects the dump says why they are not as wanted. Owners tell of their pods. */
const TOLD = [
  'namespaces',
  'nodes',
  'deployments',
  'statefulsets',
  'daemonsets',
  'jobs',
  'services',
  'persistentvolumeclaims',
  'pods',
]

/** Makes the files of `cluster.dump()`: texts by name. */
export function dumpOf({
  summary,
  resources,
  stored,
  why,
  log,
  events,
  timeline,
  story,
  components,
  picture,
  lang,
}: DumpContext): Record<string, string> {
  const causes = TOLD.filter((resource) => resources.includes(resource)).flatMap((resource) =>
    stored(resource)
      .filter(({ metadata }) => resource !== 'pods' || metadata.ownerReferences === undefined)
      .map((object) => why(resource, object))
      .filter((text) => text !== ''),
  )
  const files: Record<string, string> = {
    'summary.txt': `${summary}\n`,
    'why.txt': `${causes.join('\n') || tell(say('allWell'), lang)}\n`,
    'events.txt': events,
    'timeline.txt': `${timeline}\n`,
    'story.txt': `${story}\n`,
    'cluster.svg': picture,
  }
  for (const resource of resources) {
    const objects = stored(resource)
    if (objects.length > 0) files[`objects/${resource}.yaml`] = objects.map(printYaml).join('---\n')
  }
  for (const pod of stored('pods') as readonly Pod[]) {
    for (const { name } of pod.spec.containers) {
      const text = log(pod, name)
      if (text !== '')
        files[`logs/${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''}/${name}.log`] = text
    }
  }
  for (const name of new Set(components.map(({ component }) => component))) {
    const lines = components.filter(({ component }) => component === name)
    files[`components/${name}.log`] = `${lines.map(logText).join('\n')}\n`
  }
  return files
}
