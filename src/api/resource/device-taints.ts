import type { DeviceTaint, DeviceToleration } from './generated.js'

/** Whether a toleration is for a taint of a device. Source: resourceclaim ToleratesTaint. */
export function toleratesDeviceTaint(
  { effect, key = '', operator = 'Equal', value = '' }: DeviceToleration,
  taint: DeviceTaint,
): boolean {
  return (
    (effect === undefined || effect === taint.effect) &&
    (key === '' || key === taint.key) &&
    (operator === 'Exists' || value === (taint.value ?? ''))
  )
}
