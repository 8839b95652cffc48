import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Figures by the names of Kubernetes' own provisioner library, so that its boards and alerts work. */
export class ProvisionerMetrics {
  readonly registry = new Registry();
  readonly provisioned = this.#histogram(
    'persistentvolumeclaim_provision_duration_seconds',
    'Latency of creations',
  );
  readonly provisionedTotal = this.#counter('persistentvolumeclaim_provision_total', 'Volumes created');
  readonly provisionFailed = this.#counter(
    'persistentvolumeclaim_provision_failed_total',
    'Failed creations',
  );
  readonly deleted = this.#histogram('persistentvolume_delete_duration_seconds', 'Latency of deletions');
  readonly deletedTotal = this.#counter('persistentvolume_delete_total', 'Volumes deleted');
  readonly deleteFailed = this.#counter('persistentvolume_delete_failed_total', 'Failed deletions');
  readonly leader = new Gauge({
    name: 'mortar_provisioner_leader',
    help: 'Whether this one does the work: 1, or 0 while another one does',
    registers: [this.registry],
  });

  readonly asked = new Counter({
    name: 'mortar_provisioner_api_requests_total',
    help: "Requests to Kubernetes' API server",
    labelNames: ['verb', 'resource'],
    registers: [this.registry],
  });

  #counter(name: string, help: string): Counter<'class'> {
    return new Counter({
      name: `controller_${name}`,
      help,
      labelNames: ['class'],
      registers: [this.registry],
    });
  }

  #histogram(name: string, help: string): Histogram<'class'> {
    return new Histogram({
      name: `controller_${name}`,
      help,
      labelNames: ['class'],
      registers: [this.registry],
    });
  }
}
