// The page of people: one's password and tokens, and everybody.

import "../elements/password_form.js";
import { TokenList } from "../elements/token_list.js";
import { UserList } from "../elements/user_list.js";
import { pageData } from "../lib/page_data.js";

export function open() {
  const { name, tokens, users } = pageData("page-data");
  const yours = document.querySelector("council-tokens");
  const everybody = document.querySelector("council-users");
  if (yours instanceof TokenList) yours.begin(tokens);
  if (everybody instanceof UserList) everybody.begin(users, name);
}
