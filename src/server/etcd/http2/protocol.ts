/** Types of frames. Source: RFC 9113, section 6. */
export const Frame = {
  Data: 0,
  Headers: 1,
  Priority: 2,
  RstStream: 3,
  Settings: 4,
  PushPromise: 5,
  Ping: 6,
  GoAway: 7,
  WindowUpdate: 8,
  Continuation: 9,
} as const

export const Flag = { EndStream: 0x1, Ack: 0x1, EndHeaders: 0x4, Padded: 0x8, Priority: 0x20 } as const

export const Setting = {
  HeaderTableSize: 1,
  EnablePush: 2,
  InitialWindowSize: 4,
  MaxFrameSize: 5,
  MaxHeaderListSize: 6,
} as const

/** Codes of RST_STREAM and GOAWAY. Source: RFC 9113, section 7. */
export const ErrorCode = {
  NoError: 0,
  ProtocolError: 1,
  InternalError: 2,
  FlowControlError: 3,
  StreamClosed: 5,
  FrameSizeError: 6,
  RefusedStream: 7,
  Cancel: 8,
  CompressionError: 9,
  EnhanceYourCalm: 11,
} as const

/** How a client begins. */
export const PREFACE: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')
/** Length, type, flags and stream. */
export const FRAME_HEADER = 9
/** Bytes in a frame, and in a window, unless somebody says otherwise. */
export const DEFAULT_FRAME_SIZE = 16_384
export const LARGEST_FRAME_SIZE: number = 2 ** 24 - 1
export const DEFAULT_WINDOW = 65_535
export const LARGEST_WINDOW: number = 2 ** 31 - 1

/** What the client has done wrong so that the connection ends. */
export class ConnectionError extends Error {
  override readonly name: string = 'ConnectionError'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}
