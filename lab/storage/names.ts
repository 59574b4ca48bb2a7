// The storage of a lab: disks that any node can attach, offered by a CSI driver of the lab's own.

/** The driver, and the provisioner that classes name. */
export const driverName = 'disk.slidecar.dev';

/** The class that claims get which name none. */
export const defaultClassName = 'standard';

/** What the attacher, the provisioner and the resizer hold on to until they have done their part. */
export const attacherFinalizer = 'external-attacher/disk-slidecar-dev';
export const provisionerFinalizer = 'external-provisioner.volume.kubernetes.io/finalizer';
