/** What fields of dynamic resource allocation mean, in the form of `field-texts.ts`. */
export const DEVICE_TEXT = `
AllocatedDeviceStatus
data: What the driver reports about the device, in a form of its own.
device: Name of the device in its pool.
driver: Name of the driver, a DNS subdomain.
networkData: How the device is connected, if it is a network device.
pool: Name of the pool that the device is in.
shareID: Which share of the device it is, if several claims share it.
AllocationResult
allocationTimestamp: When the devices were allocated.
devices: The allocated devices, and their configuration.
nodeSelector: Nodes on which the devices can be used. Without one: all nodes.
CELDeviceSelector
expression: CEL expression over device.driver, device.attributes and device.capacity; it selects the devices
  for which it is true.
CapacityRequestPolicy
default: Amount that a request consumes if it names none.
validRange: Range of the amounts that can be requested; others are rounded up to one of its steps.
validValues: Amounts that can be requested, ascending; others are rounded up to the next one.
CapacityRequestPolicyRange
max: The largest amount that can be requested. Default: the whole capacity.
min: The smallest amount that can be requested.
step: Distance between two amounts, counted from min.
CapacityRequirements
requests: Least amounts of capacities that the device must have free, by name.
ContainerExtendedResourceRequest
containerName: Name of the container.
requestName: Name of the request in the claim that serves the extended resource.
resourceName: Name of the extended resource that the container asks for.
Counter
value: Amount that is there, or that is consumed.
CounterSet
counters: Counters by name, which the devices of the pool share.
name: Name of the set, unique in the pool.
Device
allNodes: Whether all nodes can use the device. Only set if the slice says so for each device.
allowMultipleAllocations: Whether several requests can share the device.
attributes: Properties by name, which selectors can compare.
bindingConditions: Conditions in the claim that must be True before the pod is bound.
bindingFailureConditions: Conditions in the claim that give up the allocation if one of them is True.
bindsToNode: Whether an allocation limits the claim to the node that was chosen for it.
capacity: Amounts by name, which selectors can compare and requests can consume.
consumesCounters: What the device takes from the shared counters of its pool.
name: Name of the device, unique in its pool.
nodeName: Node that has the device. Only set if the slice says so for each device.
nodeSelector: Nodes that can use the device. Only set if the slice says so for each device.
taints: Taints that keep requests without a toleration from the device.
DeviceAllocationConfiguration
opaque: Settings in the form of a driver.
requests: Requests that the settings are for. Without any: all.
source: FromClass or FromClaim: where the settings come from.
DeviceAllocationResult
config: Settings of the class and of the claim, those of the class first.
results: One entry for each allocated device.
DeviceAttribute
bool: The value, if it is true or false.
int: The value, if it is a number.
string: The value, if it is a text.
version: The value, if it is a semantic version.
DeviceCapacity
requestPolicy: How amounts of a shared device can be requested.
value: The whole amount.
DeviceClaim
config: Settings for the drivers of the allocated devices.
constraints: What must hold for the devices together.
requests: Devices that are asked for; each request must be satisfied.
DeviceClaimConfiguration
opaque: Settings in the form of a driver.
requests: Requests that the settings are for. Without any: all.
DeviceClassConfiguration
opaque: Settings in the form of a driver.
DeviceClassSpec
config: Settings that every claim of the class brings to its drivers.
extendedResourceName: Name of an extended resource by which pods can ask for devices of the class.
selectors: What a device must satisfy; all of them must hold.
DeviceConstraint
distinctAttribute: Attribute whose value must differ between the devices.
matchAttribute: Attribute whose value must be equal for all devices.
requests: Requests whose devices are compared. Without any: all.
DeviceCounterConsumption
counterSet: Name of the set of counters.
counters: Amounts by counter.
DeviceRequest
exactly: The devices that are asked for.
firstAvailable: Alternatives, best one first; the first that can be satisfied is taken.
name: Name of the request, by which containers and settings refer to it.
DeviceRequestAllocationResult
adminAccess: Whether the device was allocated for administration, so that others may use it, too.
bindingConditions: Conditions that must be True before the pod is bound, as the device said.
bindingFailureConditions: Conditions that give up the allocation, as the device said.
consumedCapacity: Amounts of the device that the request consumes, by name.
device: Name of the device in its pool.
driver: Name of the driver that prepares the device on the node.
pool: Name of the pool that the device is in.
request: Name of the request that the device is for; with an alternative REQUEST/ALTERNATIVE.
shareID: Which share of the device it is, if several requests share it.
tolerations: Tolerations of the request, copied when the device was allocated.
DeviceSelector
cel: An expression in CEL.
ExactDeviceRequest
adminAccess: Whether the devices are wanted for administration, also if they are in use. The namespace must
  permit
  it by a label.
allocationMode: ExactCount or All. Default: ExactCount.
capacity: Amounts that a device must have free.
count: Number of devices with ExactCount. Default: 1.
deviceClassName: Name of the DeviceClass, whose selectors must hold, too.
selectors: What a device must satisfy; all of them must hold.
tolerations: Taints of devices that the request tolerates.
DeviceSubRequest = ExactDeviceRequest
name: Name of the alternative, unique in its request.
DeviceTaint
effect: None, NoSchedule or NoExecute.
key: Key of the taint.
timeAdded: When the taint was added.
value: Value of the taint.
DeviceToleration
effect: NoSchedule or NoExecute. Without it: both.
key: Key of the taint. Without it, with the operator Exists: all taints.
operator: Exists or Equal. Default: Equal.
tolerationSeconds: How long a taint with NoExecute is tolerated. Without it: forever.
value: Value of the taint, with Equal.
NetworkDeviceData
hardwareAddress: Hardware address of the interface, such as a MAC address.
interfaceName: Name of the interface in the pod.
ips: Addresses of the interface with the length of the prefix.
OpaqueDeviceConfiguration
driver: Name of the driver that the settings are for.
parameters: The settings, which only the driver understands.
PodExtendedResourceClaimStatus
requestMappings: Which request of the claim serves which extended resource of which container.
resourceClaimName: Name of the claim that was made for the extended resources of the pod.
ResourceClaim
name: Name of an entry in the resourceClaims of the pod.
request: Name of one request of the claim. Without it: the whole claim.
ResourceClaimConsumerReference
apiGroup: API group of the consumer; empty for pods.
name: Name of the consumer.
resource: Resource of the consumer, such as pods.
uid: UID of the consumer.
ResourceClaimSpec
devices: Devices that are asked for.
ResourceClaimStatus
allocation: What was allocated; set once all requests can be satisfied.
devices: What drivers report about the allocated devices.
reservedFor: Who may use the claim now.
ResourcePool
generation: Number that grows with each change of the pool; slices of older ones are ignored.
name: Name of the pool, often that of the node.
resourceSliceCount: How many slices the pool has in this generation.
ResourceSliceSpec
allNodes: Whether all nodes can use the devices.
devices: Devices of the pool that this slice lists.
driver: Name of the driver that publishes the slice. It cannot be changed.
nodeName: Node that has the devices. It cannot be changed.
nodeSelector: Nodes that can use the devices.
perDeviceNodeSelection: Whether each device says itself which nodes can use it.
pool: Pool that the slice is a part of.
sharedCounters: Sets of counters that the devices of the pool share.
`
