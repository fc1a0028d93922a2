import type { SubresourceDefinition, Verb } from '../../../api/kind/definition.js'
import type { Resource } from '../../registry/resources.js'
import type { GroupVersion } from '../../../api/api-version.js'
import { capitalized, operationPrefix, rootOf, subjectOf, tagOf } from './names.js'
import type { PathOperation, Parameter, PathItem } from './operations.js'
import {
  bodyOf,
  CONNECT_OPTIONS,
  contentOf,
  DELETE_COLLECTION_OPTIONS,
  DELETE_OPTIONS,
  inPath,
  LIST_OPTIONS,
  LOG_OPTIONS,
  PATCH_OPTIONS,
  pathItem,
  PRETTY,
  responses,
  WRITE_OPTIONS,
} from './operations.js'
import { refTo } from './types.js'
import { byKey } from '../../../lang/text/order.js'

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.'

/** References to schemas. Each schema that is referenced is included in the document. */
export interface SchemaNames {
  /** Returns the schema of a kind. */
  readonly kind: (group: string, version: string, kind: string) => string
  /** Returns the schema of a resource's lists. */
  readonly list: (resource: Resource) => string
  /** Returns a schema of meta/v1 by its short name. */
  readonly meta: (name: string) => string
}

/** The parts from which the paths of one group version are made. */
export interface PathContext extends GroupVersion {
  readonly names: SchemaNames
  readonly isBuiltIn: boolean
}

const NAME = inPath('name')
const NAMESPACE = inPath('namespace')
const PATH = inPath('path')

/**
 * Core resources whose DELETE returns the object, as those of storage and resource do. All others return a
 * Status.
 */
const ANSWERING_OBJECTS = new Set([
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
])
const NEVER = new Set(['csistoragecapacities'])

function deleteAnswersObject({ group, resource }: Resource): boolean {
  return group === ''
    ? ANSWERING_OBJECTS.has(resource)
    : /^(?:storage|resource)\.k8s\.io$/.test(group) && !NEVER.has(resource)
}

/** Writes the operations of one resource. */
class ResourcePaths {
  readonly #resource: Resource
  readonly #context: PathContext
  readonly #types: readonly string[]
  readonly #listTypes: readonly string[]
  readonly #item: string
  readonly #place: readonly Parameter[]

  constructor(resource: Resource, context: PathContext) {
    this.#resource = resource
    this.#context = context
    this.#types = context.isBuiltIn
      ? ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml']
      : ['application/json', 'application/yaml']
    this.#listTypes = context.isBuiltIn
      ? [
          'application/json',
          'application/json;stream=watch',
          'application/vnd.kubernetes.protobuf',
          'application/vnd.kubernetes.protobuf;stream=watch',
          'application/yaml',
        ]
      : ['application/json', 'application/yaml']
    const place = resource.namespaced ? '/namespaces/{namespace}' : ''
    this.#item = `${place}/${resource.resource}`
    this.#place = resource.namespaced ? [NAMESPACE, ...PRETTY] : PRETTY
  }

  all(): readonly (readonly [string, PathItem])[] {
    const {
      definition: { subresources },
    } = this.#resource
    const item = `${this.#item}/{name}`
    return [
      ...this.#path(this.#item, this.#collection()),
      ...this.#path(item, this.#named()),
      ...subresources.flatMap((part) => this.#part(`${item}/${part.name}`, part)),
      ...this.#everywhere(),
      ...(this.#context.isBuiltIn ? this.#watches() : []),
    ]
  }

  #path(
    path: string,
    operations: Readonly<Record<string, PathOperation>>,
  ): readonly (readonly [string, PathItem])[] {
    return Object.keys(operations).length === 0 ? [] : [[rootOf(this.#context) + path, pathItem(operations)]]
  }

  #has(verb: Verb): boolean {
    return this.#resource.definition.verbs.includes(verb)
  }

  #id(action: string, suffix = '', middle = ''): string {
    const subject = subjectOf(this.#resource.definition)
    return `${action}${operationPrefix(this.#context)}${middle}${subject}${suffix}`
  }

  #operation(
    operationId: string,
    action: string,
    rest: Omit<PathOperation, 'tags' | 'operationId'>,
    kind: string = this.#resource.kind,
  ): PathOperation {
    const { group, version } = this.#context
    return {
      tags: [tagOf(this.#context)],
      operationId,
      ...rest,
      'x-kubernetes-action': action,
      'x-kubernetes-group-version-kind': { group, version, kind },
    }
  }

  get #kind(): string {
    const { group, version } = this.#context
    return this.#context.names.kind(group, version, this.#resource.kind)
  }

  /** Returns a body; for custom resources with their media types. */
  #body(name: string): ReturnType<typeof contentOf> {
    return this.#context.isBuiltIn ? bodyOf(name) : contentOf(this.#types, refTo(name))
  }

  #collection(): Record<string, PathOperation> {
    const { names } = this.#context
    const operations: Record<string, PathOperation> = {}
    if (this.#has('list')) operations['get'] = this.#list(this.#id('list'), [...this.#place, ...LIST_OPTIONS])
    if (this.#has('create')) {
      operations['post'] = this.#operation(this.#id('create'), 'post', {
        parameters: [...this.#place, ...WRITE_OPTIONS],
        requestBody: { content: this.#body(this.#kind), required: true },
        responses: responses(['200', '201', '202'], contentOf(this.#types, refTo(this.#kind))),
      })
    }
    if (this.#has('deletecollection')) {
      operations['delete'] = this.#operation(this.#id('delete', '', 'Collection'), 'deletecollection', {
        parameters: [...this.#place, ...DELETE_COLLECTION_OPTIONS],
        requestBody: { content: this.#body(names.meta('DeleteOptions')) },
        responses: responses(['200'], contentOf(this.#types, refTo(names.meta('Status')))),
      })
    }
    return operations
  }

  #list(operationId: string, parameters: readonly Parameter[]): PathOperation {
    const schema = refTo(this.#context.names.list(this.#resource))
    return this.#operation(operationId, 'list', {
      parameters,
      responses: responses(['200'], contentOf(this.#listTypes, schema)),
    })
  }

  #named(): Record<string, PathOperation> {
    const { names } = this.#context
    const operations = this.#readWrite(
      this.#resource.definition.verbs,
      '',
      this.#kind,
      [NAME, ...this.#place],
      this.#resource.kind,
    )
    if (!this.#has('delete')) return operations
    const response = deleteAnswersObject(this.#resource) ? this.#kind : names.meta('Status')
    const { get, put, ...others } = operations
    return {
      ...(get === undefined ? {} : { get }),
      ...(put === undefined ? {} : { put }),
      delete: this.#operation(this.#id('delete'), 'delete', {
        parameters: [NAME, ...this.#place, ...DELETE_OPTIONS],
        requestBody: { content: this.#body(names.meta('DeleteOptions')) },
        responses: responses(['200', '202'], contentOf(this.#types, refTo(response))),
      }),
      ...others,
    }
  }

  #readWrite(
    verbs: readonly Verb[],
    suffix: string,
    schema: string,
    place: readonly Parameter[],
    kind: string,
  ): Record<string, PathOperation> {
    const content = contentOf(this.#types, refTo(schema))
    const operations: Record<string, PathOperation> = {}
    if (verbs.includes('get')) {
      operations['get'] = this.#operation(
        this.#id('read', suffix),
        'get',
        { parameters: place, responses: responses(['200'], content) },
        kind,
      )
    }
    if (verbs.includes('update')) {
      operations['put'] = this.#operation(
        this.#id('replace', suffix),
        'put',
        {
          parameters: [...place, ...WRITE_OPTIONS],
          requestBody: { content: this.#body(schema), required: true },
          responses: responses(['200', '201'], content),
        },
        kind,
      )
    }
    if (verbs.includes('patch')) operations['patch'] = this.#patch(suffix, place, content, kind)
    return operations
  }

  #patch(
    suffix: string,
    place: readonly Parameter[],
    content: ReturnType<typeof contentOf>,
    kind: string,
  ): PathOperation {
    const types = [
      'application/apply-patch+yaml',
      'application/json-patch+json',
      'application/merge-patch+json',
    ]
    const body = contentOf(
      this.#context.isBuiltIn ? [...types, 'application/strategic-merge-patch+json'] : types,
      refTo(this.#context.names.meta('Patch')),
    )
    return this.#operation(
      this.#id('patch', suffix),
      'patch',
      {
        parameters: [...place, ...PATCH_OPTIONS],
        requestBody: { content: body, required: true },
        responses: responses(this.#context.isBuiltIn ? ['200', '201'] : ['200'], content),
      },
      kind,
    )
  }

  #part(path: string, part: SubresourceDefinition): readonly (readonly [string, PathItem])[] {
    if (Object.hasOwn(CONNECT_OPTIONS, part.name)) return this.#connect(path, part)
    const suffix = capitalized(part.name)
    const place = [NAME, ...this.#place]
    if (part.name === 'log') {
      const content = contentOf([...this.#types, 'text/plain'], { type: 'string' })
      const parameters = [...place, ...LOG_OPTIONS]
      return this.#path(path, {
        get: this.#operation(this.#id('read', suffix), 'get', {
          parameters,
          responses: responses(['200'], content),
        }),
      })
    }
    const schema = this.#context.names.kind(part.group, part.version, part.kind)
    const kind = { group: part.group, version: part.version, kind: part.kind }
    const kindOf = (operation: PathOperation): PathOperation => ({
      ...operation,
      'x-kubernetes-group-version-kind': kind,
    })
    const operations = this.#readWrite(part.verbs, suffix, schema, place, part.kind)
    if (part.verbs.includes('create')) {
      operations['post'] = this.#operation(this.#id('create', suffix), 'post', {
        parameters: [...place, ...WRITE_OPTIONS],
        requestBody: { content: this.#body(schema), required: true },
        responses: responses(['200', '201', '202'], contentOf(this.#types, refTo(schema))),
      })
    }
    return this.#path(
      path,
      Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => [method, kindOf(operation)]),
      ),
    )
  }

  /**
   * Adds the paths of connecting subresources such as `exec` and `proxy`, with any content. The proxy has all
   * methods and a path behind it.
   */
  #connect(path: string, part: SubresourceDefinition): readonly (readonly [string, PathItem])[] {
    const methods =
      part.name === 'proxy' ? ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] : ['get', 'post']
    const place = [
      NAME,
      ...(this.#resource.namespaced ? [NAMESPACE] : []),
      ...(CONNECT_OPTIONS[part.name] as readonly Parameter[]),
    ]
    const operations = (suffix: string, parameters: readonly Parameter[]): Record<string, PathOperation> =>
      Object.fromEntries(
        methods.map((method) => {
          const id = this.#id('connect', capitalized(part.name) + suffix, capitalized(method))
          const response = responses(['200'], contentOf(['*/*'], { type: 'string' }))
          return [method, this.#operation(id, 'connect', { parameters, responses: response }, part.kind)]
        }),
      )
    const plain = this.#path(path, operations('', place))
    return part.name === 'proxy'
      ? [...plain, ...this.#path(`${path}/{path}`, operations('WithPath', [...place, PATH]))]
      : plain
  }

  /** Adds the lists over all namespaces. */
  #everywhere(): readonly (readonly [string, PathItem])[] {
    const { namespaced, resource, kind } = this.#resource
    if (!namespaced || !this.#has('list')) return []
    const id = `list${operationPrefix(this.#context)}${kind}ForAllNamespaces`
    return this.#path(`/${resource}`, { get: this.#list(id, [...PRETTY, ...LIST_OPTIONS]) })
  }

  /** Adds the old watch paths. */
  #watches(): readonly (readonly [string, PathItem])[] {
    if (!this.#has('watch')) return []
    const { namespaced, resource, kind } = this.#resource
    const prefix = operationPrefix(this.#context)
    const content = contentOf(this.#listTypes, refTo(this.#context.names.meta('WatchEvent')))
    const watch = (
      operationId: string,
      action: string,
      place: readonly Parameter[],
    ): Record<string, PathOperation> => ({
      get: this.#operation(operationId, action, {
        parameters: [...place, ...LIST_OPTIONS],
        responses: responses(['200'], content),
      }),
    })
    return [
      ...this.#path(`/watch${this.#item}`, watch(this.#id('watch', 'List'), 'watchlist', this.#place)),
      ...this.#path(`/watch${this.#item}/{name}`, watch(this.#id('watch'), 'watch', [NAME, ...this.#place])),
      ...(namespaced
        ? this.#path(
            `/watch/${resource}`,
            watch(`watch${prefix}${kind}ListForAllNamespaces`, 'watchlist', PRETTY),
          )
        : []),
    ]
  }
}

/** Returns the paths of a group version, in order. */
export function pathsOf(
  resources: readonly Resource[],
  context: PathContext,
): Readonly<Record<string, PathItem>> {
  const found = resources.flatMap((resource) => new ResourcePaths(resource, context).all())
  const root = context.isBuiltIn ? [[`${rootOf(context)}/`, resourcesItem(context)] as const] : []
  return Object.fromEntries([...root, ...found].sort(byKey))
}

/** Returns the path of the list of resources, `/apis/apps/v1/`. */
function resourcesItem(context: PathContext): PathItem {
  const types = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml']
  return {
    get: {
      tags: [tagOf(context)],
      operationId: `get${operationPrefix(context)}APIResources`,
      responses: responses(['200'], contentOf(types, refTo(context.names.meta('APIResourceList')))),
    },
  }
}

/** Full names of the schemas of meta/v1. */
export const metaName = (name: string): string => META + name
