--- Where one person is reached on one channel, as far as a personal rule names it.
return { name = "contact_method", table = "contact_method", prefix = "CM", methods = {}, fields = {} }
