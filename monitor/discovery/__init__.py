"""What a Feed adds: reading it (`read`), understanding what came, taking on its entries by rule, planning the next."""
