/**
 * A JSONPath template that cannot be read, or an index that is out of bounds. The message is that of
 * client-go's util/jsonpath.
 */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError'
}
