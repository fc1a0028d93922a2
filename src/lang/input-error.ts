/**
 * What a public function was given, and cannot take: an unknown option, or a value of another type. Its
 * message names the function, what is wrong and where, and what to write instead. A mistake in the calling
 * program, so it is no {@link ApiError}.
 */
export class InputError extends RangeError {
  override readonly name: string = 'InputError'
  readonly code: string = 'ERR_INVALID_INPUT'
}
