/** The script of a page that evaluates with the provider for browsers; a test calls what it puts on the window. */
import {OFREPWebProvider} from '@openfeature/ofrep-web-provider';
import {OpenFeature, ProviderEvents, type Provider} from '@openfeature/web-sdk';

Object.assign(globalThis, {
  async begin(baseUrl: string, token: string, user: string) {
    const seen = {changes: [] as unknown[], errors: [] as string[]};
    const headers: [string, string][] = [['authorization', `Bearer ${token}`]];
    // Its types know no exact optional properties.
    const provider = new OFREPWebProvider({baseUrl, headers, cacheMode: 'disabled'}) as unknown as Provider;
    await OpenFeature.setProviderAndWait(provider, {targetingKey: user}).catch((error: unknown) =>
      seen.errors.push(String(error)),
    );
    const client = OpenFeature.getClient();
    client.addHandler(ProviderEvents.ConfigurationChanged, event => {
      seen.changes.push(event?.flagsChanged);
    });
    Object.assign(globalThis, {
      seen,
      details: (name: string) => client.getBooleanDetails(name, false),
      become: (next: string) => OpenFeature.setContext({targetingKey: next}),
    });
  },
});
