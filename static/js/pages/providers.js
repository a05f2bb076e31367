// The page of the model servers.

import { ProviderList } from "../elements/provider_list.js";
import { pageData } from "../lib/page_data.js";

export function open() {
  const list = document.querySelector("council-providers");
  if (list instanceof ProviderList) list.begin(pageData("page-data").items);
}
