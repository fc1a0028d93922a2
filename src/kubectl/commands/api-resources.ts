import type { CommandLine, KubectlCommand } from '../call/call.js'
import type { ApiResource } from '../call/discovery.js'
import { preferredResources } from '../call/discovery.js'
import { KubectlError, usageError } from '../call/errors.js'
import { checkFormat, printValue } from '../print/object.js'
import { TABLE, TabWriter } from '../../lang/text/tabwriter.js'

/** `kubectl api-resources`. Source: kubectl pkg/cmd/apiresources. */
export const apiResources: KubectlCommand = {
  name: 'api-resources',
  run(call) {
    const { flags, args, out } = call
    const format = flags.string('output')
    checkFormat(format, 'json,kyaml,name,wide,yaml')
    if (!['', 'name', 'kind'].includes(flags.string('sort-by')))
      throw new KubectlError('--sort-by accepts only name or kind')
    if (args.length > 0) throw usageError('api-resources', `unexpected arguments: [${args.join(' ')}]`)
    const { groups, failed } = call.discovered()
    const resources = sorted(
      preferredResources(groups).filter((one) => isAsked(call, one)),
      flags.string('sort-by'),
    )
    if (format === 'json') out.write(`${JSON.stringify(listOf(resources), null, 4)}\n`)
    else if (format === 'yaml' || format === 'kyaml') out.write(printValue(listOf(resources), format))
    else if (format === 'name')
      for (const one of resources) out.line(one.group === '' ? one.name : `${one.name}.${one.group}`)
    else out.write(table(resources, format === 'wide', flags.bool('no-headers')))
    if (failed.length > 0)
      throw new KubectlError(
        'unable to retrieve the complete list of server APIs: ' +
          `${failed.map(({ groupVersion, error }) => `${groupVersion}: ${error.message}`).join(', ')}`,
      )
  },
}

function isAsked({ flags }: CommandLine, { group, verbs, categories, namespaced }: ApiResource): boolean {
  if (verbs.length === 0) return false
  if (flags.has('api-group') && flags.string('api-group') !== group) return false
  if (flags.has('namespaced') && flags.bool('namespaced') !== namespaced) return false
  return (
    flags.strings('verbs').every((verb) => verbs.includes(verb)) &&
    flags.strings('categories').every((one) => categories.includes(one))
  )
}

function sorted(resources: readonly ApiResource[], by: string): readonly ApiResource[] {
  const keyOf = ({ name, kind, group }: ApiResource): readonly string[] =>
    by === 'kind' ? [kind] : by === 'name' ? [name] : [group, name]
  return resources.toSorted((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)]
    const at = left.findIndex((text, index) => text !== right[index])
    return at < 0 ? 0 : (left[at] as string) < (right[at] as string) ? -1 : 1
  })
}

const apiVersionOf = ({ group, version }: ApiResource): string =>
  group === '' ? version : `${group}/${version}`

function table(resources: readonly ApiResource[], wide: boolean, noHeaders: boolean): string {
  const headers = [
    'NAME',
    'SHORTNAMES',
    'APIVERSION',
    'NAMESPACED',
    'KIND',
    ...(wide ? ['VERBS', 'CATEGORIES'] : []),
  ]
  const rows = resources.map((one) => [
    one.name,
    one.shortNames.join(','),
    apiVersionOf(one),
    String(one.namespaced),
    one.kind,
    ...(wide ? [[...one.verbs].join(','), one.categories.join(',')] : []),
  ])
  const lines = (noHeaders ? rows : [headers, ...rows]).map((cells) => cells.join('\t'))
  return lines.length === 0 ? '' : new TabWriter(TABLE).format(`${lines.join('\n')}\n`)
}

function listOf(resources: readonly ApiResource[]): object {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: '',
    resources: resources.map((one) => ({
      name: one.name,
      singularName: one.singularName,
      namespaced: one.namespaced,
      ...(one.group === '' ? {} : { group: one.group }),
      version: one.version,
      kind: one.kind,
      verbs: one.verbs,
      ...(one.shortNames.length === 0 ? {} : { shortNames: one.shortNames }),
      ...(one.categories.length === 0 ? {} : { categories: one.categories }),
    })),
  }
}

/** `kubectl api-versions`. Source: kubectl pkg/cmd/apiresources/apiversions.go. */
export const apiVersions: KubectlCommand = {
  name: 'api-versions',
  run(call) {
    if (call.args.length > 0)
      throw usageError('api-versions', `unexpected arguments: [${call.args.join(' ')}]`)
    const all = call
      .discovered()
      .groups.flatMap(({ group, versions }) =>
        versions.map(({ version }) => (group === '' ? version : `${group}/${version}`)),
      )
    for (const text of all.toSorted()) call.out.line(text)
  },
}
