import type { KindDefinition } from '../../api/kind/definition.js'
import type { PolicyRule } from '../../api/rbac/generated.js'
import type { CommandLine } from '../call/call.js'
import { KubectlError, SilentExit } from '../call/errors.js'
import { compactRules, RESOURCE_VERBS, resourceText } from '../objects/policy-rules.js'
import { TABLE, TabWriter } from '../../lang/text/tabwriter.js'

const USAGE =
  "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth " +
  "can-i -h' for help and examples."

/** The action that is asked about. */
interface Asked {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly name: string
  readonly subresource: string
  /** The non-resource path; '' for a resource. */
  readonly path: string
  readonly definition: KindDefinition | undefined
}

/** `kubectl auth can-i VERB (RESOURCE | RESOURCE/NAME | /PATH)`. Source: kubectl pkg/cmd/auth/cani.go. */
export function canI(call: CommandLine): void {
  const { flags, args, out } = call
  if (flags.bool('list')) {
    if (args.length > 0) throw new KubectlError('list option must be specified with no arguments')
    listRules(call)
    return
  }
  if (flags.bool('no-headers')) throw new KubectlError('--no-headers cannot be set without --list specified')
  if (args.length !== 2) throw new KubectlError(USAGE)
  const quiet = flags.bool('quiet')
  const { allowed, reason, evaluationError } = review(call, askedOf(call), quiet)
  if (!quiet) {
    const why = [reason, evaluationError]
      .filter((text) => text !== '')
      .map((text) => ` - ${text}`)
      .join('')
    out.line(allowed ? 'yes' : `no${why}`)
  }
  if (!allowed) throw new SilentExit(1)
}

function askedOf({ args: [verb = '', what = ''], flags, env: { scheme } }: CommandLine): Asked {
  const subresource = flags.string('subresource')
  if (what.startsWith('/')) {
    if (subresource !== '') throw new KubectlError('--subresource can not be used with NonResourceURL')
    return { verb, path: what, group: '', resource: '', name: '', subresource: '', definition: undefined }
  }
  const slash = what.indexOf('/')
  const [resource, name] = slash < 0 ? [what, ''] : [what.slice(0, slash), what.slice(slash + 1)]
  const definition = resource === '*' ? undefined : scheme.byName(resource)
  if (definition !== undefined)
    return {
      verb,
      name,
      subresource,
      path: '',
      group: definition.group,
      resource: definition.resource,
      definition,
    }
  const dot = resource.indexOf('.')
  return {
    verb,
    name,
    subresource,
    path: '',
    definition: undefined,
    group: dot < 0 ? '' : resource.slice(dot + 1),
    resource: dot < 0 ? resource : resource.slice(0, dot),
  }
}

interface ReviewStatus {
  readonly allowed: boolean
  readonly reason: string
  readonly evaluationError: string
}

function review(call: CommandLine, asked: Asked, quiet: boolean): ReviewStatus {
  const { flags, client, out } = call
  const namespace = flags.bool('all-namespaces') ? '' : call.namespace
  const { verb, group, resource, name, subresource, path, definition } = asked
  if (path === '' && !quiet) warn(call, asked)
  const isClusterScoped = definition !== undefined && !definition.namespaced
  const spec =
    path !== ''
      ? { nonResourceAttributes: { verb, path } }
      : {
          resourceAttributes: {
            verb,
            resource,
            ...(group === '' ? {} : { group }),
            ...(namespace === '' ? {} : { namespace }),
            ...(name === '' ? {} : { name }),
            ...(subresource === '' ? {} : { subresource }),
          },
        }
  if (isClusterScoped && !quiet && !flags.bool('all-namespaces')) {
    out.errorLine(
      `Warning: resource '${resource}' is not namespace ` +
        `scoped${group === '' ? '' : ` in group '${group}'`}\n`,
    )
  }
  const response = client.create('selfsubjectaccessreviews', { metadata: {}, spec } as never) as unknown as {
    readonly status?: Partial<ReviewStatus>
  }
  const { allowed = false, reason = '', evaluationError = '' } = response.status ?? {}
  return { allowed, reason, evaluationError }
}

/** Warns about an unknown resource or verb, which can be asked about all the same. */
function warn({ out }: CommandLine, { verb, group, resource, definition }: Asked): void {
  if (resource !== '*' && definition === undefined) {
    const text =
      group === ''
        ? `the server doesn't have a resource type '${resource}'`
        : `the server doesn't have a resource type '${resource}' in group '${group}'`
    out.errorLine(`Warning: ${text}\n`)
  }
  if (!VERBS.has(verb)) out.errorLine(`Warning: verb '${verb}' is not a known verb\n`)
}

/** Source: kubectl pkg/cmd/auth/cani.go resourceVerbs. */
const VERBS: ReadonlySet<string> = new Set([...RESOURCE_VERBS, 'approve', 'sign', 'attest'])

/** `--list`: prints what the user may do in the namespace. */
function listRules(call: CommandLine): void {
  const { client, out, flags, namespace } = call
  const response = client.create('selfsubjectrulesreviews', {
    metadata: {},
    spec: { namespace },
  } as never) as unknown as {
    readonly status?: {
      readonly incomplete?: boolean
      readonly evaluationError?: string
      readonly resourceRules?: readonly PolicyRule[]
      readonly nonResourceRules?: readonly PolicyRule[]
    }
  }
  const {
    incomplete = false,
    evaluationError = '',
    resourceRules = [],
    nonResourceRules = [],
  } = response.status ?? {}
  if (incomplete) {
    out.errorLine(
      evaluationError === ''
        ? 'warning: the list may be incomplete'
        : `warning: the list may be incomplete: ${evaluationError}`,
    )
  }
  const rules = compactRules([...resourceRules, ...nonResourceRules])
  const list = (values: readonly string[] | undefined): string => `[${(values ?? []).join(' ')}]`
  const rows = rules.map((rule) =>
    [resourceText(rule), list(rule.nonResourceURLs), list(rule.resourceNames), list(rule.verbs)].join('\t'),
  )
  const lines = flags.bool('no-headers')
    ? rows
    : ['Resources\tNon-Resource URLs\tResource Names\tVerbs', ...rows]
  out.write(new TabWriter(TABLE).format(lines.map((line) => `${line}\n`).join('')))
}
