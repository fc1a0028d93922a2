import { exactJson } from '../../../lang/json/exact-json.js'
import { printYaml } from '../../../lang/yaml/print.js'
import type { SwaggerDocument, SwaggerNode } from './swagger-document.js'

/** Fields of a message by their numbers. */
type Write = (writer: ProtoWriter) => void

type Schemas = Readonly<Record<string, SwaggerNode>>

/**
 * The OpenAPI v2 document as the protobuf message `openapi.v2.Document` of github.com/google/gnostic-models,
 * the only form of `/openapi/v2` that kubectl accepts. Field numbers are those of its OpenAPIv2.proto.
 */
export function gnosticDocument(document: SwaggerDocument): Uint8Array {
  const writer = new ProtoWriter()
  writer.text(1, document.swagger)
  writer.message(2, (info) => {
    info.text(1, document.info.title)
    info.text(2, document.info.version)
  })
  writer.message(8, (paths) => {
    for (const [name, item] of Object.entries(document.paths)) paths.message(2, named(name, pathItem(item)))
  })
  writer.message(9, (definitions) => {
    for (const [name, schema] of Object.entries(document.definitions))
      definitions.message(1, named(name, schemaOf(schema)))
  })
  for (const requirement of document.security) writer.message(12, securityRequirement(requirement))
  writer.message(13, (definitions) => {
    for (const [name, item] of Object.entries(document.securityDefinitions))
      definitions.message(1, named(name, securityItem(item)))
  })
  return writer.bytes()
}

/** The Named... messages: 1 name, 2 value. */
function named(name: string, value: Write): Write {
  return (writer) => {
    writer.text(1, name)
    writer.message(2, value)
  }
}

function securityRequirement(requirement: Readonly<Record<string, readonly string[]>>): Write {
  return (writer) => {
    for (const [name, scopes] of Object.entries(requirement)) {
      writer.message(
        1,
        named(name, (values) => {
          for (const scope of scopes) values.text(1, scope)
        }),
      )
    }
  }
}

/** SecurityDefinitionsItem: 2 api_key_security {1 type, 2 name, 3 in, 4 description}. */
function securityItem(item: SwaggerNode): Write {
  return (writer) =>
    writer.message(2, (key) => {
      key.text(1, item['type'] as string)
      key.text(2, item['name'] as string)
      key.text(3, item['in'] as string)
      key.text(4, item['description'] as string)
    })
}

/** Numbers of the methods in PathItem. */
const METHODS: Readonly<Record<string, number>> = {
  get: 2,
  put: 3,
  post: 4,
  delete: 5,
  options: 6,
  head: 7,
  patch: 8,
}

function pathItem(item: SwaggerNode): Write {
  return (writer) => {
    for (const [method, number] of Object.entries(METHODS)) {
      if (item[method] !== undefined) writer.message(number, operation(item[method] as SwaggerNode))
    }
    for (const parameter of (item['parameters'] ?? []) as readonly SwaggerNode[])
      writer.message(9, parametersItem(parameter))
  }
}

/**
 * Operation: 1 tags, 5 operation_id, 6 produces, 7 consumes, 8 parameters, 9 responses, 10 schemes, 13
 * vendor_extension.
 */
function operation(value: SwaggerNode): Write {
  return (writer) => {
    for (const tag of value['tags'] as readonly string[]) writer.text(1, tag)
    writer.text(5, value['operationId'] as string)
    for (const type of (value['produces'] ?? []) as readonly string[]) writer.text(6, type)
    for (const type of (value['consumes'] ?? []) as readonly string[]) writer.text(7, type)
    for (const parameter of (value['parameters'] ?? []) as readonly SwaggerNode[])
      writer.message(8, parametersItem(parameter))
    writer.message(9, (responses) => {
      for (const [code, response] of Object.entries(value['responses'] as Schemas))
        responses.message(1, named(code, responseValue(response)))
    })
    for (const scheme of value['schemes'] as readonly string[]) writer.text(10, scheme)
    extensions(writer, 13, value)
  }
}

/** ResponseValue: 1 response {1 description, 2 schema: SchemaItem {1 schema}}. */
function responseValue(response: SwaggerNode): Write {
  return (writer) =>
    writer.message(1, (received) => {
      received.text(1, response['description'] as string)
      const { schema } = response as { readonly schema?: SwaggerNode }
      if (schema !== undefined) received.message(2, (item) => item.message(1, schemaOf(schema)))
    })
}

/** ParametersItem: 1 parameter {1 body_parameter, 2 non_body_parameter}. */
function parametersItem(parameter: SwaggerNode): Write {
  return (writer) =>
    writer.message(1, (item) => {
      if (parameter['in'] === 'body') item.message(1, bodyParameter(parameter))
      else item.message(2, nonBodyParameter(parameter))
    })
}

/** BodyParameter: 2 name, 3 in, 4 required, 5 schema. */
function bodyParameter(parameter: SwaggerNode): Write {
  return (writer) => {
    writer.text(2, 'body')
    writer.text(3, 'body')
    if (parameter['required'] === true) writer.bool(4, true)
    writer.message(5, schemaOf(parameter['schema'] as SwaggerNode))
  }
}

/** NonBodyParameter: 3 query (its numbers from 5 on are one more than those of a path), 4 path. */
function nonBodyParameter(parameter: SwaggerNode): Write {
  const isPath = parameter['in'] === 'path'
  return (writer) =>
    writer.message(isPath ? 4 : 3, (sub) => {
      if (parameter['required'] === true) sub.bool(1, true)
      sub.text(2, parameter['in'] as string)
      sub.text(4, parameter['name'] as string)
      sub.text(isPath ? 5 : 6, parameter['type'] as string)
      if (parameter['uniqueItems'] === true) sub.bool(isPath ? 19 : 20, true)
    })
}

/** Members of a schema with a field number; all others are vendor extensions. */
function schemaOf(schema: SwaggerNode): Write {
  return (writer) => {
    writer.text(1, schema['$ref'] as string | undefined)
    writer.text(2, schema['format'] as string | undefined)
    writer.text(4, schema['description'] as string | undefined)
    for (const name of (schema['required'] ?? []) as readonly string[]) writer.text(19, name)
    for (const value of (schema['enum'] ?? []) as readonly unknown[]) writer.message(20, anyOf(value))
    const { additionalProperties, items, properties } = schema as {
      additionalProperties?: SwaggerNode
      items?: SwaggerNode
      properties?: Schemas
    }
    if (additionalProperties !== undefined)
      writer.message(21, (item) => item.message(1, schemaOf(additionalProperties)))
    if (schema['type'] !== undefined) writer.message(22, (type) => type.text(1, schema['type'] as string))
    if (items !== undefined) writer.message(23, (list) => list.message(1, schemaOf(items)))
    if (properties !== undefined) {
      writer.message(25, (all) => {
        for (const [name, property] of Object.entries(properties))
          all.message(1, named(name, schemaOf(property)))
      })
    }
    extensions(writer, 31, schema)
  }
}

/** Any: 2 yaml. */
const anyOf =
  (value: unknown): Write =>
  (writer) =>
    writer.text(2, yamlOf(value))

function extensions(writer: ProtoWriter, number: number, value: SwaggerNode): void {
  for (const [name, extension] of Object.entries(value)) {
    if (name.startsWith('x-')) writer.message(number, named(name, anyOf(extension)))
  }
}

const written = new Map<string, string>()

/** Cache, because most extensions recur. */
function yamlOf(value: unknown): string {
  const key = exactJson(value)
  let text = written.get(key)
  if (text === undefined) written.set(key, (text = printYaml(value)))
  return text
}

/**
 * Writes protobuf messages of texts, booleans and nested messages, which is all that the OpenAPI document
 * needs.
 */
class ProtoWriter {
  #buffer = new Uint8Array(256)
  #length = 0

  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length)
  }

  /** Writes a string, unless it is undefined. */
  text(field: number, value: string | undefined): void {
    if (value === undefined) return
    this.#tag(field, 2)
    const bytes = new TextEncoder().encode(value)
    this.#varint(bytes.length)
    this.#append(bytes)
  }

  bool(field: number, value: boolean): void {
    this.#tag(field, 0)
    this.#varint(value ? 1 : 0)
  }

  message(field: number, write: (writer: ProtoWriter) => void): void {
    const inner = new ProtoWriter()
    write(inner)
    this.#tag(field, 2)
    this.#varint(inner.#length)
    this.#append(inner.#buffer.subarray(0, inner.#length))
  }

  #tag(field: number, wireType: number): void {
    this.#varint((field << 3) | wireType)
  }

  #varint(value: number): void {
    this.#room(5)
    let rest = value
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#buffer[this.#length++] = rest
  }

  #append(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #room(more: number): void {
    if (this.#length + more <= this.#buffer.length) return
    const larger = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + more))
    larger.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = larger
  }
}
