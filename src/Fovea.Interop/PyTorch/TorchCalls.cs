namespace Fovea.Interop.PyTorch;

/// <summary>Functions of PyTorch that a pickle makes tensors with. They are given descriptions, and give
/// descriptions.</summary>
internal static class TorchCalls
{
    private const int MostAxes = 64;

    /// <summary>The value; null where the function is none of these.</summary>
    /// <exception cref="InvalidDataException">It is given what it does not take.</exception>
    public static object? Make(PickleCalls calls, PickleGlobal function, object?[] arguments, PickleBudget budget) =>
        function.Name switch
        {
            "_rebuild_tensor" or "_rebuild_tensor_v2" or "_rebuild_tensor_v3" => Tensor(function, arguments, budget),
            "_rebuild_parameter" or "_rebuild_parameter_with_state" => arguments is [TorchTensor data, ..]
                ? data
                : throw Wrong(function),
            "Parameter" or "Buffer" => arguments is [TorchTensor data, ..] ? data : null,
            "_rebuild_from_type_v2" => arguments is [PickleGlobal inner, _, object?[] given, _]
            && inner.Module is "torch._utils"
                ? Make(calls, inner, given, budget)
                : null,
            "_rebuild_qtensor" => TorchTensor.Unread("quantized"),
            "_rebuild_sparse_tensor" or "_rebuild_sparse_csr_tensor" => TorchTensor.Unread("sparse"),
            "_rebuild_nested_tensor" => TorchTensor.Unread("nested"),
            "_rebuild_meta_tensor_no_storage" => TorchTensor.Unread("on the device 'meta', without values,"),
            "_rebuild_wrapper_subclass" => TorchTensor.Unread("of a class of its own"),
            "_rebuild_device_tensor_from_numpy" or "_rebuild_xla_tensor" => TorchTensor.Unread("of another device"),
            "Size" => arguments is [object?[] sizes] ? sizes : throw Wrong(function),
            "device" => new PickleObject(function, arguments),
            "restore_type_tag" or "build_intlist" or "build_doublelist" or "build_boollist" or "build_tensorlist" =>
                arguments.FirstOrDefault(),
            _ => null,
        };

    private static TorchTensor Tensor(PickleGlobal function, object?[] arguments, PickleBudget budget)
    {
        int least = function.Name switch
        {
            "_rebuild_tensor" => 4,
            "_rebuild_tensor_v2" => 6,
            _ => 7,
        };
        if (
            arguments.Length < least
            || arguments.Length > 8
            || arguments is not [var memory, long offset, object?[] sizes, object?[] strides, ..]
            || (memory as TorchStorage ?? TorchStorages.Named(memory, budget)) is not { } storage
            || sizes.Length != strides.Length
            || sizes.Length > MostAxes
            || offset < 0
        )
        {
            throw Wrong(function);
        }

        TorchType type =
            function.Name == "_rebuild_tensor_v3"
                ? TorchType.OfDType(arguments[6])
                    ?? throw new InvalidDataException(
                        $"{function} is given no element type that is known: {arguments[6]}"
                    )
                : storage.Type;
        return new TorchTensor(
            storage,
            type,
            offset,
            Numbers(function, sizes, "sizes"),
            Numbers(function, strides, "strides")
        );
    }

    private static long[] Numbers(PickleGlobal function, object?[] values, string what)
    {
        long[] numbers = new long[values.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = values[i] is long number and >= 0
                ? number
                : throw new InvalidDataException($"{function} is given {what} that are not 0 or more");
        }

        return numbers;
    }

    private static InvalidDataException Wrong(PickleGlobal function) =>
        new($"{function} is given what it does not take");
}
