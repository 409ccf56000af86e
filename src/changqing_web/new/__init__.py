"""新建: a case from twelve answers, from nothing but papers, or beside another one."""
